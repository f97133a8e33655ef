#include "importer/advice.h"

namespace likeness::importer {

std::string_view advice_for(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::access_denied:
      return "An import calls DescribeCollection, IndexFaces, CreateUser, AssociateFaces and DeleteFaces, and "
             "CreateCollection with --create: look whether the key is right and may do that in this collection and "
             "region (the policy `enroll` allows all but the last)";
    case ErrorKind::service_quota:
    case ErrorKind::limit_exceeded:
      return "The server takes no more: remove what is not needed, or ask its operator for a higher quota";
    case ErrorKind::overloaded:
    case ErrorKind::rate_exceeded:
      return "The server is asked for more than it can or may do: call again later, or with a smaller --parallel";
    case ErrorKind::malformed: return "Look whether the endpoint is a server of this API";
    default: return {};
  }
}

}  // namespace likeness::importer
