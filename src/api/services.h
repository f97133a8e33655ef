// What the operations work with: made in main(), passed to each by reference.
//
// Thread rule: the services named here are const and thread-safe. Must outlive whoever holds it.
#pragma once

#include "pipeline/analyze_image.h"

namespace likeness::api {

class S3Objects;

struct Services {
  const pipeline::ImageAnalyzer& analyzer;
  S3Objects* objects = nullptr;  // null: no object store is configured
};

}  // namespace likeness::api
