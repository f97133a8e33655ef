// One to many: who of a gallery is this, and how often is a stranger taken for somebody?
//
// One picture of each person of the gallery is enrolled; the person's other pictures search it. Strangers are people of
// whom no picture is enrolled; one picture of each searches it, as the ACLU did it with Rekognition in 2018 (535
// members of Congress, 25,000 mugshots, 28 matches at Similarity 80).
//
// Thread rule: a free function that starts threads of its own and joins them.
#pragma once

#include <cstddef>
#include <vector>

#include "embed/calibration.h"
#include "evaluate/embedded_pictures.h"
#include "evaluate/proportion.h"
#include "evaluate/verification.h"

namespace likeness::evaluate {

struct SearchAt {
  float similarity = 0;
  Proportion identified = {};  // searches of enrolled people whose best match is they, at this Similarity
  Proportion misnamed = {};    // searches of enrolled people whose best match is somebody else
  Proportion strangers = {};   // strangers with a match, all draws together
};

struct Identification {
  std::size_t gallery = 0;    // people enrolled, of the last draw
  std::size_t strangers = 0;  // of each draw
  std::size_t draws = 0;
  Proportion rank_1 = {};  // whatever the Similarity
  std::vector<SearchAt> at;
};

// `draws` times another part of the people are strangers: a fifth of them, and everybody with one picture only is drawn
// into either side by chance that is the same every time.
// A pair that is ignored is no match either way.
[[nodiscard]] Identification identify_all(const std::vector<EmbeddedPicture>& pictures, const IgnoredPairs& ignored,
                                          const embed::Calibration& calibration, const std::vector<float>& similarities,
                                          std::size_t draws, std::size_t threads);

}  // namespace likeness::evaluate
