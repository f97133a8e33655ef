// One person: a user of the collection, and a face for each of the person's pictures.
//
// Thread rule: a free function; several people at the same time.
#pragma once

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

// What cannot be enrolled is reported and the rest goes on; a face that the server does not give to the person is
// deleted again. Errors, which end the import: those that would meet every other picture too (no answer, no permission,
// no such collection, a quota).
[[nodiscard]] Result<void> import_person(const People& people, const std::string& name, const Target& target,
                                         const Tools& tools);

}  // namespace likeness::importer
