// What a search must not answer, because a person said so.
//
// A rejection says: this face is no picture of that subject. So, for a search
//   - with a stored face: the faces and the vector of every subject that the face was rejected for, and every face that
//     was rejected for the face's own subject;
//   - with a user: every user that one of the user's faces was rejected for, and every user one of whose faces was
//     rejected for this user;
//   - with a picture: nothing is stored of it, so it is taken for what it looks most like. If that is a face of the
//     collection with rejections, the rules for that face hold. A stranger who keeps matching somebody is told apart
//     by enrolling a picture of the stranger, with their consent, and rejecting it for that somebody.
//
// Thread rule: free functions; callable from any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "gallery/collection_index.h"
#include "store/store.h"

namespace likeness::gallery {

// Rejections of one subject, and of one face. More are refused: service_quota.
inline constexpr std::size_t most_rejections = 1000;

// Rising vectors of faces and users. Errors: those of the store.
[[nodiscard]] Result<std::vector<match::VectorId>> rejected_for_face(store::Store& store, const store::Scope& scope,
                                                                     std::string_view collection,
                                                                     const store::Face& face);
[[nodiscard]] Result<std::vector<match::VectorId>> rejected_for_user(store::Store& store, const store::Scope& scope,
                                                                     std::string_view collection,
                                                                     const store::User& user);

}  // namespace likeness::gallery
