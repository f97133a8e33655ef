// A folder of people into a collection that is there (collection.h), several people at a time.
//
// Thread rule: a free function that starts threads and joins them.
#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"
#include "importer/import_person.h"

namespace likeness::importer {

struct ImportOptions {
  Target target;
  std::size_t parallel = 2;  // people at the same time, 1 to 64
  // Called now and then from one thread, with how many people there are.
  std::function<void(const Counts&, std::size_t people)> progress;
};

// Errors: those that ended it; what was done until then is in the journal and in the report.
[[nodiscard]] Result<void> import_people(const People& people, const ImportOptions& options, const Tools& tools);

}  // namespace likeness::importer
