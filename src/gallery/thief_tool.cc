// The thief of thief.h as a program, for tests/test_thief.py, which steals the folders of a real server:
//
//   thief_tool MASTER_KEY_FILE ACCOUNT REGION COLLECTION EMPTY_FOLDER COPY...
//
// Prints the id of each face whose embedding it could read, a line each, and exits with 0.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "gallery/thief.h"

int main(int argc, char** argv) try {
  using namespace likeness;  // NOLINT(google-build-using-namespace): a program of one file
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 6) {
    std::cerr << "thief_tool MASTER_KEY_FILE ACCOUNT REGION COLLECTION EMPTY_FOLDER COPY...\n";
    return 2;
  }
  std::string digits;
  std::ifstream(arguments[0]) >> digits;
  Bytes bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(at, 2), nullptr, 16)));
  }
  if (bytes.size() != SecretKey::size) {
    std::cerr << "thief_tool: no master key in " << arguments[0] << '\n';
    return 2;
  }
  const MasterKey master(SecretKey(ByteSpan(bytes).first<SecretKey::size>()));
  gallery::Thief thief({.scope = {.account = arguments[1], .region = arguments[2]},
                        .collection = arguments[3],
                        .wrapping = master.derive("face keys")},
                       arguments[4]);
  for (std::size_t i = 5; i < arguments.size(); ++i) thief.take(arguments[i]);
  const Result<std::vector<gallery::StolenFace>> faces = thief.read();
  if (!faces.ok()) {
    std::cerr << "thief_tool: " << faces.error().message << '\n';
    return 1;
  }
  for (const gallery::StolenFace& face : *faces) std::cout << face.id << '\n';
  std::cerr << thief.templates() << " templates tried\n";
  return 0;
} catch (const std::exception& failure) {
  std::cerr << "thief_tool: " << failure.what() << '\n';
  return 1;
}
