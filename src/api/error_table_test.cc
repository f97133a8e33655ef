#include "api/error_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace likeness::api {
namespace {

using testing::HasSubstr;
using wire::Operation;

std::vector<ErrorKind> all_kinds() {
  std::vector<ErrorKind> kinds;
  for (int kind = 0; kind < error_kind_count; ++kind) kinds.push_back(static_cast<ErrorKind>(kind));
  return kinds;
}

// Modelled, and nothing of ours fails like this: projects' policies and manifests, and Amazon's own reviewers.
const std::set<std::string_view> never_answered = {"HumanLoopQuotaExceededException", "InvalidManifestException",
                                                   "InvalidPolicyRevisionIdException",
                                                   "MalformedPolicyDocumentException"};

TEST(ErrorTable, EveryKindHasARowAndNoTwoShareALabel) {
  std::set<std::string_view> labels;
  for (const ErrorKind kind : all_kinds()) {
    const ErrorRow& row = error_row(kind);
    EXPECT_TRUE(row.status == 400 || row.status == 500);
    EXPECT_TRUE(labels.insert(row.metric_label).second) << row.metric_label;
    EXPECT_EQ(row.metric_label, error_kind_name(kind));
  }
}

TEST(ErrorTable, EveryModelledErrorHasOneRow) {
  std::map<std::string_view, int> rows;
  std::set<std::string_view> neighbours;
  for (const ErrorKind kind : all_kinds()) {
    ++rows[error_row(kind).code];
    for (const std::string_view code : error_row(kind).neighbours) neighbours.insert(code);
  }
  std::set<std::string_view> modelled;
  for (const Operation operation : wire::all_operations()) {
    modelled.insert(wire::errors(operation).begin(), wire::errors(operation).end());
  }
  EXPECT_EQ(modelled.size(), 23U);
  for (const std::string_view code : modelled) {
    if (code == "InternalServerError") {
      EXPECT_EQ(rows[code], 3) << "what is the operator's to mend: corrupt, unavailable, internal";
    } else if (code == "SessionNotFoundException") {
      EXPECT_TRUE(rows[code] == 0 && neighbours.contains(code)) << "not_found of the one thing that has its own";
    } else {
      EXPECT_EQ(rows[code], never_answered.contains(code) ? 0 : 1) << code;
    }
  }
  // And no row has a code that nobody models, but for those of every AWS service.
  for (const auto& [code, count] : rows) {
    EXPECT_TRUE(modelled.contains(code) || code == "SerializationException" || code == "UnsupportedOperationException")
        << code;
  }
  for (const std::string_view code : neighbours) EXPECT_TRUE(code.empty() || modelled.contains(code)) << code;
}

TEST(ErrorTable, AnOperationAnswersOnlyWhatIsModelledForIt) {
  for (const Operation operation : wire::all_operations()) {
    for (const ErrorKind kind : all_kinds()) {
      const ErrorRow row = error_row(operation, kind);
      EXPECT_TRUE(is_modelled(operation, row.code)) << wire::name(operation) << ' ' << row.code;
      EXPECT_EQ(row.status, error_row(kind).status) << "a neighbour keeps the status";
      EXPECT_EQ(row.metric_label, error_row(kind).metric_label);
      if (is_modelled(operation, error_row(kind).code)) {
        EXPECT_EQ(row.code, error_row(kind).code);
      }
    }
  }
}

TEST(ErrorTable, NeighboursAreNear) {
  EXPECT_EQ(error_row(Operation::create_collection, ErrorKind::already_exists).code, "ResourceAlreadyExistsException");
  EXPECT_EQ(error_row(Operation::create_user, ErrorKind::already_exists).code, "ConflictException");
  EXPECT_EQ(error_row(Operation::create_stream_processor, ErrorKind::already_exists).code, "ResourceInUseException");
  EXPECT_EQ(error_row(Operation::delete_stream_processor, ErrorKind::conflict).code, "ResourceInUseException");
  EXPECT_EQ(error_row(Operation::start_face_detection, ErrorKind::limit_exceeded).code, "LimitExceededException");
  EXPECT_EQ(error_row(Operation::start_face_detection, ErrorKind::service_quota).code, "LimitExceededException");
  EXPECT_EQ(error_row(Operation::tag_resource, ErrorKind::limit_exceeded).code, "ServiceQuotaExceededException");
  EXPECT_EQ(error_row(Operation::get_face_liveness_session_results, ErrorKind::not_found).code,
            "SessionNotFoundException");
  EXPECT_EQ(error_row(Operation::list_users, ErrorKind::image_too_large).code, "InvalidParameterException");
}

TEST(ErrorTable, OnlyCodesAreModelled) {
  EXPECT_FALSE(is_modelled(Operation::create_user, ""));
  EXPECT_FALSE(is_modelled(Operation::create_user, "NoSuchException"));
  EXPECT_FALSE(is_modelled(Operation::create_user, "ResourceAlreadyExistsException"));
  EXPECT_TRUE(is_modelled(Operation::create_user, "SerializationException"));
}

TEST(ErrorTable, TheBodyHasBothSpellingsAndInternalCausesStayInside) {
  const Response response = error_response(Error(ErrorKind::not_found, "no \"such\" thing"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"__type":"ResourceNotFoundException","Code":"ResourceNotFoundException",)"
                           R"("message":"no \"such\" thing","Message":"no \"such\" thing"})");
  const Response internal = error_response(Operation::list_users, Error(ErrorKind::corrupt, "secret path"));
  EXPECT_EQ(internal.status, 500);
  EXPECT_THAT(internal.body, Not(HasSubstr("secret")));
}

TEST(ErrorResponseTest, TheCauseOfAnInternalErrorIsForTheLogAlone) {
  EXPECT_EQ(error_response(Error(ErrorKind::unavailable, "the disk is full")).cause, "the disk is full");
  EXPECT_EQ(error_response(Error(ErrorKind::not_found, "no such thing")).cause, "");
}

}  // namespace
}  // namespace likeness::api
