// The embedder of one model: align to a chip, run, normalise. Internal to the room.
//
// Thread rule: a free function.
#pragma once

#include <memory>

#include "base/result.h"
#include "embed/embedder.h"

namespace likeness::embed {

// For a pack with a model file: any size of the chip, any layout, order and scaling. One chip a call, or with
// "with_mirror" the chip and its mirror image, whose outputs are added: in one call where the model takes two, else in
// two. Errors: as Embedder::create().
[[nodiscard]] Result<std::unique_ptr<Embedder>> create_chip_embedder(infer::Runtime& runtime, const infer::Pack& pack);

}  // namespace likeness::embed
