// One request over one libcurl handle, once. Internal to the room; the only files that name libcurl are this header,
// its .cc and http_client.cc.
//
// Thread rule: a free function; a handle is used by one thread at a time.
#pragma once

#include <curl/curl.h>

#include "remote/http_client.h"

namespace likeness::remote {

struct AttemptResult {
  Result<HttpResponse> response;
  bool may_retry = false;  // another attempt may end better, as far as this one could tell
};

// Resets the handle's options and keeps its connections. `left` is the time that is left of the deadline, > 0. Clears
// neither the sink nor `body_began`, which becomes true when the sink got a byte.
[[nodiscard]] AttemptResult attempt(CURL* handle, const HttpRequest& request, Sink& sink, const TransferLimits& limits,
                                    const HttpClientOptions& options, const AddressPolicy& addresses, Micros left,
                                    bool& body_began);

}  // namespace likeness::remote
