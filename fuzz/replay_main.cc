// The ordinary build's main for a fuzzer: runs every file of the corpus folder given, and a fixed number of simple
// mutations of each, so that fuzzers cannot rot and known inputs stay harmless. `make fuzz` uses libFuzzer instead.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr int mutations_per_file = 200;

Input mutate(Input input, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  switch (random() % 4) {
    case 0:  // cut
      input.resize(below(input.size() + 1));
      break;
    case 1:  // repeat a piece
      if (!input.empty()) {
        const std::size_t from = below(input.size());
        const Input piece(input.begin() + static_cast<std::ptrdiff_t>(from),
                          input.begin() + static_cast<std::ptrdiff_t>(std::min(from + 64, input.size())));
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(below(input.size() + 1)), piece.begin(), piece.end());
      }
      break;
    default:  // change a few bytes
      for (std::size_t i = 0; i < 1 + below(8) && !input.empty(); ++i) {
        input[below(input.size())] = static_cast<std::uint8_t>(random());
      }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Input> inputs = {{}};
  for (int i = 1; i < argc; ++i) {
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i], missing)) {
      std::ifstream file(entry.path(), std::ios::binary);
      inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same mutations every time
  std::size_t runs = 0;
  for (const Input& input : inputs) {
    LLVMFuzzerTestOneInput(input.data(), input.size());
    for (int i = 0; i < mutations_per_file; ++i, ++runs) {
      const Input changed = mutate(input, random);
      LLVMFuzzerTestOneInput(changed.data(), changed.size());
    }
  }
  std::cout << inputs.size() << " files, " << runs << " mutations, no finding\n";
  return inputs.size() > 1 ? 0 : 1;  // an empty corpus is a mistake in the tree
}
