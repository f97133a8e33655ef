// A hash of what a request asks for: the same for two requests that ask the same, whatever their spelling.
//
// The request is written again from its parsed form, so that white space, the order of members, members that the
// service description does not know and other spellings of the same number do not count. Left out is what says which
// call this is rather than what it asks: ClientRequestToken, NextToken and MaxResults (AWS lets the size of pages
// change from one page to the next). A member that is absent differs from one that has the default value, as for AWS.
//
// Thread rule: free functions, callable from any thread.
#pragma once

#include "base/crypto.h"
#include "wire/message.h"

namespace likeness::api {

// `request`, of that shape, loses the members that do not count.
[[nodiscard]] Digest consume_parameters(const wire::Shape& shape, void* request);

// Takes a copy because of that.
template <wire::Message Request>
[[nodiscard]] Digest parameters_hash(Request request) {
  return consume_parameters(Request::shape(), &request);
}

}  // namespace likeness::api
