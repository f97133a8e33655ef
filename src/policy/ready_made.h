// The policies that every server has, without anybody putting them there. They cannot be changed or deleted; who needs
// another one copies one (`likeness policy show NAME`) and puts it under a name of his own.
//
// Thread rule: constants.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace likeness::policy {

struct ReadyMade {
  std::string_view name;
  std::string_view note;  // for whom it is, in a line
  std::string_view text;  // the document
};

// admin, auditor, enroll, read-only, reviewer, search: by name.
[[nodiscard]] std::span<const ReadyMade> ready_made_policies();

// Null if there is none of that name.
[[nodiscard]] const ReadyMade* find_ready_made(std::string_view name);

}  // namespace likeness::policy
