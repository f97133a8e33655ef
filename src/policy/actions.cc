#include "policy/actions.h"

#include <algorithm>
#include <vector>

#include "wire/rekognition/operations.h"

namespace likeness::policy {

namespace {

// By subject. Whoever adds a command or an operation that needs a permission adds its action here and, if a ready-made
// policy should hold it, in ready_made.cc.
constexpr std::string_view own[] = {
    // corrections of identities: operations of the extension service
    "likeness:ListRejections",
    "likeness:MergeUsers",
    "likeness:RejectMatch",
    "likeness:RetractRejection",
    "likeness:SplitUser",
    // what a similarity means: an operation of the extension service
    "likeness:ExplainSimilarity",
    // keys
    "likeness:CreateKey",
    "likeness:DeleteKey",
    "likeness:ListKeys",
    "likeness:RotateKey",
    "likeness:UpdateKey",
    "likeness:CreateSession",
    // policies
    "likeness:DeletePolicy",
    "likeness:GetPolicy",
    "likeness:ListPolicies",
    "likeness:PutPolicy",
    "likeness:SimulatePolicy",
    // purposes
    "likeness:DeletePurpose",
    "likeness:GetPurpose",
    "likeness:ListPurposes",
    "likeness:PutPurpose",
    // consent
    "likeness:GetConsent",
    "likeness:ListConsents",
    "likeness:PutConsent",
    "likeness:WithdrawConsent",
    // review
    "likeness:DecideReview",
    "likeness:GetReview",
    "likeness:ListReviews",
    // what a person may ask for
    "likeness:EraseSubject",
    "likeness:ExportSubject",
    // ledger
    "likeness:ReadLedger",
    "likeness:VerifyLedger",
    // alerts
    "likeness:AcknowledgeAlert",
    "likeness:ListAlerts",
    // the server itself
    "likeness:CreateBackup",
    "likeness:GetConfiguration",
    "likeness:ReloadConfiguration",
    "likeness:RestoreBackup",
};

std::vector<std::string> make_known_actions() {
  std::vector<std::string> actions(std::begin(own), std::end(own));
  for (const wire::Operation operation : wire::all_operations()) {
    if (wire::target_prefix_of(operation) != wire::target_prefix) continue;  // an action of our own, above
    actions.push_back("rekognition:" + std::string(wire::name(operation)));
  }
  actions.emplace_back("rekognition:StartFaceLivenessSession");
  std::ranges::sort(actions);
  return actions;
}

}  // namespace

std::span<const std::string> known_actions() {
  static const std::vector<std::string> actions = make_known_actions();
  return actions;
}

std::span<const std::string_view> likeness_actions() { return own; }

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

}  // namespace likeness::policy
