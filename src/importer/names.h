// Ids from names. Folders and files have names of any characters; a UserId and an ExternalImageId have letters,
// digits and `_.-:` (the service description's patterns).
//
// The same name always gives the same id, and a name that fits is its own id. In one that does not, each byte that may
// not be there becomes `_`, and eight hexadecimal digits of the name's SHA-256 follow, so that two names that look
// alike afterwards stay apart.
//
// Thread rule: free functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace likeness::importer {

inline constexpr std::size_t longest_user_id = 128;
inline constexpr std::size_t longest_external_image_id = 255;

// Precondition: the name is not empty.
[[nodiscard]] std::string user_id_of(std::string_view name);
// Of a picture: its person's folder and its own name, which together are unique; with digits, too, if the folder's name
// has a colon.
[[nodiscard]] std::string external_image_id_of(std::string_view person, std::string_view file);

}  // namespace likeness::importer
