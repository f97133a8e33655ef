// The actions that a policy can name: "rekognition:DetectFaces" and so on for every operation of the service
// description, and the actions of our own, "likeness:...". A closed list: a policy that names anything else is refused
// when it is read, since a misspelt action in a Deny would forbid nothing without a word.
//
// Thread rule: constants and free functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace likeness::policy {

// In their usual spelling, sorted. One of AWS's actions has no operation: "rekognition:StartFaceLivenessSession"
// belongs to the streaming API behind Face Liveness, and policies for Amplify name it.
[[nodiscard]] std::span<const std::string> known_actions();

// What likeness:* stands for.
[[nodiscard]] std::span<const std::string_view> likeness_actions();

// Actions are compared without case, as IAM does: this is the form that is compared. ASCII only.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace likeness::policy
