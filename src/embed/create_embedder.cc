// Which embedder a pack asks for.
#include <utility>
#include <vector>

#include "embed/chip_embedder.h"
#include "embed/embedder.h"
#include "embed/joined_embedder.h"

namespace likeness::embed {

Result<std::unique_ptr<Embedder>> Embedder::create(infer::Runtime& runtime, const infer::Pack& pack) {
  if (pack.joined.empty()) return create_chip_embedder(runtime, pack);
  std::vector<Member> members;
  members.reserve(pack.joined.size());
  for (std::size_t i = 0; i < pack.joined.size(); ++i) {
    members.push_back({TRY(create_chip_embedder(runtime, pack.joined[i])), pack.manifest.joined[i].weight});
  }
  return join_embedders(std::move(members), pack.manifest);
}

}  // namespace likeness::embed
