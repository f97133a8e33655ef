#include "base/error.h"

namespace likeness {

const char* error_kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument: return "invalid_argument";
    case ErrorKind::malformed: return "malformed";
    case ErrorKind::invalid_image: return "invalid_image";
    case ErrorKind::invalid_object: return "invalid_object";
    case ErrorKind::image_too_large: return "image_too_large";
    case ErrorKind::video_too_large: return "video_too_large";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::already_exists: return "already_exists";
    case ErrorKind::access_denied: return "access_denied";
    case ErrorKind::overloaded: return "overloaded";
    case ErrorKind::limit_exceeded: return "limit_exceeded";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

}  // namespace likeness
