// Policy documents. Whatever the bytes are, nothing may crash; what is refused is refused with a short message; what is
// read decides the same when its statements stand the other way round, and never allows beside a Deny of everything.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policy/document.h"
#include "policy/evaluate.h"

namespace {

using namespace likeness;  // NOLINT(google-build-using-namespace): a program of one file

constexpr std::size_t longest_message = 1200;  // place and quotes, 100 characters of four bytes each

void require(bool condition) {
  if (!condition) std::abort();
}

policy::Document deny_everything() {
  return {.name = "deny",
          .statements = {{.sid = {},
                          .effect = policy::Effect::deny,
                          .actions = {.patterns = {"*"}},
                          .resources = {.patterns = {"*"}},
                          .conditions = {}}}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = policy::parse_document("fuzz", text);
  if (!document.ok()) {
    require(!document.error().message.empty() && document.error().message.size() < longest_message);
    return 0;
  }
  require(size <= policy::max_document && !document->statements.empty());
  policy::Document reversed = *document;
  std::ranges::reverse(reversed.statements);
  const policy::Document deny = deny_everything();
  const policy::Question questions[] = {
      {.action = "rekognition:SearchFaces",
       .resources = {"arn:aws:rekognition:us-east-1:123456789012:collection/photos"}},
      {.action = "likeness:PutPolicy", .resources = {"*"}},
  };
  const policy::Context contexts[] = {
      {},
      {.source_ip = "192.0.2.1",
       .time = Time(std::chrono::hours(500'000)),
       .secure_transport = true,
       .key_id = "AKID",
       .request_tags = {{"team", "red"}},
       .tag_keys = {"team"},
       .resource_tags = {{"Team", "blue"}, {"team", "red"}}},
  };
  for (const policy::Question& question : questions) {
    for (const policy::Context& context : contexts) {
      const policy::Document* const straight[] = {&*document};
      const policy::Document* const turned[] = {&reversed};
      const policy::Document* const with_deny[] = {&*document, &deny};
      require(policy::evaluate(straight, question, context).reason ==
              policy::evaluate(turned, question, context).reason);
      require(policy::evaluate(with_deny, question, context).reason == policy::Reason::denied);
    }
  }
  return 0;
}
