// The collection that an import fills: found on the server, or made there.
//
// Thread rule: a free function.
#pragma once

#include <string>

#include "base/result.h"
#include "importer/api_client.h"

namespace likeness::importer {

// When the collection was made, as text: with its id that says which one it is, for one that was deleted and made again
// under the same id holds nothing of what an earlier import has done. `create`: make it if it is not there. Errors:
// not_found (it is not there), access_denied, and those of ApiClient.
[[nodiscard]] Result<std::string> prepare_collection(ApiClient& api, const std::string& collection, bool create);

}  // namespace likeness::importer
