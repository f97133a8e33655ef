// `likeness policy simulate`: what a set of policies would say to a request, and which statement decides. Needs no
// server and no data folder.
//
// Thread rule: called once, from main().
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace likeness::app {

struct SimulateOptions {
  std::vector<std::string> policies;  // each a ready-made one's name or a file
  std::string action;
  std::string resource = "*";
  std::string source_ip{};                  // empty: the request has none
  std::string time{};                       // as policy/date.h reads it; empty: now
  std::string key_id{};                     // empty: the request has none
  bool secure = false;                      // the request came over TLS
  std::vector<std::string> request_tags{};  // "KEY=VALUE"
  std::vector<std::string> tag_keys{};      // that the request removes; those of request_tags count of themselves
  std::vector<std::string> resource_tags{};
};

// Writes the decision and says whether it is a yes. Errors: invalid_argument and malformed (an option or a policy is
// none), unavailable (a file cannot be read).
[[nodiscard]] Result<bool> simulate_policies(const SimulateOptions& options, const Clock& clock, std::ostream& out);

}  // namespace likeness::app
