// What the operations work with: made in main(), passed to each by reference.
//
// Thread rule: the services named here are thread-safe. Must outlive whoever holds it.
#pragma once

#include "api/idempotency.h"
#include "api/page_tokens.h"
#include "gallery/associations.h"
#include "gallery/collections.h"
#include "gallery/corrections.h"
#include "gallery/delete_collection.h"
#include "gallery/faces.h"
#include "gallery/search.h"
#include "gallery/users.h"
#include "pipeline/analyze_image.h"

namespace likeness::api {

class S3Objects;

struct Services {
  const pipeline::ImageAnalyzer& analyzer;
  const gallery::Collections& collections;
  const gallery::CollectionDeletion& collection_deletion;
  const gallery::Users& users;
  const gallery::Faces& faces;
  const gallery::Search& search;
  const gallery::Associations& associations;
  const gallery::Corrections& corrections;
  const PageTokens& page_tokens;
  IdempotentCalls& idempotent_calls;
  S3Objects* objects = nullptr;  // null: no object store is configured
};

}  // namespace likeness::api
