// What was evaluated, for the head of every report.
//
// Thread rule: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "evaluate/embedded_pictures.h"
#include "evaluate/html_page.h"
#include "evaluate/json_text.h"
#include "evaluate/proportion.h"

namespace likeness::evaluate {

struct Subject {
  std::string detector;  // packs
  std::string embedder;
  std::string model_version;  // "MAJOR.MINOR"
  std::string embedding_space;
  std::string data;  // what the operator named
  std::string date;  // 2026-11-26T15:04:05Z
};

// Pictures that could not be used.
struct Unusable {
  std::string name;
  std::string problem;
};

struct PictureCounts {
  std::size_t pictures = 0;
  std::size_t people = 0;
  std::vector<Unusable> unusable = {};
};

[[nodiscard]] PictureCounts count_pictures(const std::vector<EmbeddedPicture>& pictures);

// The members that every report has: "version" 1, "kind", "subject", "pictures". Leaves the object open.
void begin_json(JsonText& json, const char* kind, const Subject& subject, const PictureCounts& counts);
// {"count", "of", "share", "low", "high"}: a share with its range.
void add_share(JsonText& json, const char* name, const Proportion& share);
void begin_html(HtmlPage& page, const Subject& subject, const PictureCounts& counts);

}  // namespace likeness::evaluate
