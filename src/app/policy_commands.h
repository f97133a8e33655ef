// `likeness policy list`, `show`, `put` and `delete`: what they do, in the server or without one.
//
// Thread rule: as ControlCommands. The book must outlive the commands.
#pragma once

#include <string>
#include <string_view>

#include "api/policy_book.h"
#include "app/control_commands.h"
#include "base/result.h"
#include "store/scope.h"

namespace likeness::app {

// Adds "policy list", "policy show", "policy put" and "policy delete". Arguments: "name", "text" (the document),
// "json".
void add_policy_commands(ControlCommands& commands, api::PolicyBook& book, const store::Scope& scope);

// Each gives the text to print, `json` as one line of JSON. Errors: those of the book's method.
[[nodiscard]] Result<std::string> list_policies(api::PolicyBook& book, const store::Scope& scope, bool json);
// The document as it was put, whichever the form asked for: it is JSON.
[[nodiscard]] Result<std::string> show_policy(api::PolicyBook& book, const store::Scope& scope,
                                              const std::string& name);
// `actor` is who does it, for the ledger.
[[nodiscard]] Result<std::string> put_policy(api::PolicyBook& book, const store::Scope& scope, const std::string& actor,
                                             const std::string& name, std::string_view text, bool json);
[[nodiscard]] Result<std::string> delete_policy(api::PolicyBook& book, const store::Scope& scope,
                                                const std::string& actor, const std::string& name, bool json);

}  // namespace likeness::app
