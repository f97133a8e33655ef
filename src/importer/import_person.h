// One person: a user of the collection, and a face for each of the person's pictures.
//
// Thread rule: a free function; several people at the same time.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "importer/api_client.h"
#include "importer/journal.h"
#include "importer/people_folder.h"
#include "importer/report.h"
#include "wire/rekognition/enums.h"

namespace likeness::importer {

struct Target {
  std::string collection;
  wire::QualityFilter quality = wire::QualityFilter::auto_;
};

// What all people of an import share. Ownership: all outlive it.
struct Tools {
  ApiClient& api;
  Journal& journal;
  Report& report;
};

// A user has at most this many faces. Source: the quota of faces a user, as `gallery` and Rekognition have it.
inline constexpr std::size_t most_faces_of_person = 100;
// FaceIds of AssociateFaces. Source: UserFaceIdList of the service description.
inline constexpr std::size_t most_faces_of_request = 100;

// What cannot be enrolled is reported and the rest goes on, also where a whole folder cannot be read. A face that the
// server does not give to the person is deleted again, unless it is another user's. Of several faces the largest
// counts: where it cannot be compared, no other is taken for it. Errors, which end the import: those that would meet
// every other picture too (no answer, no permission, no such collection, a quota).
[[nodiscard]] Result<void> import_person(const People& people, const std::string& name, const Target& target,
                                         const Tools& tools);

}  // namespace likeness::importer
