// How much arithmetic a network asks for.
//
// Thread rule: free functions.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace likeness::bench {

// Operations of one inference, a multiplication and an addition counting as two: those of its convolutions and matrix
// products, beside which all else is small. `shape`: of the input; empty: the one in the file. 0 if the engine cannot
// read the file.
double network_operations(const std::filesystem::path& file, const std::vector<std::size_t>& shape);

}  // namespace likeness::bench
