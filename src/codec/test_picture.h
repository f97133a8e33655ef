// A picture of .deps/testdata (tools/fetch_testdata), decoded. Tests only; a picture that is not there ends the test.
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "codec/decode.h"

namespace likeness::codec::test {

inline Image read_picture(const std::string& name) {
  std::ifstream file(std::string(LIKENESS_DEPS_DIR) + "/testdata/" + name, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Result<Decoded> decoded = decode(as_bytes(bytes), {});
  if (!decoded.ok()) throw std::runtime_error(name + ": " + decoded.error().message);
  return std::move(decoded->image);
}

}  // namespace likeness::codec::test
