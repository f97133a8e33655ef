// `likeness evaluate faces|search|detect|groups`: how right this system is, on pictures of which somebody knows who is
// in them.
//
// Thread rule: called once, from main().
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "app/serve_options.h"
#include "base/result.h"
#include "base/time.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace likeness::app {

struct EvaluateOptions {
  std::string kind;                                   // "faces", "search", "detect", "groups"; empty: not asked for
  std::filesystem::path source;                       // a folder, or a CSV file
  std::filesystem::path pairs;                        // of faces; empty: pairs are drawn
  std::vector<std::string> ignored;                   // "A,B": names of two pictures whose labels are wrong
  std::string face = "largest";                       // or "central"
  std::filesystem::path out = "likeness-evaluation";  // folder of the report; made
  std::vector<std::filesystem::path> packs;
  std::string detector = ServeOptions().detector;
  std::string embedder = ServeOptions().embedder;
  std::string precision = "auto";  // or "f32"
  unsigned threads = 0;            // 0: one a core
};

void add_evaluate_command_line(CLI::App& program, EvaluateOptions& options);

// Progress and the advice go to `out`, the report to options.out as KIND.html and KIND.json. Errors: those of the
// pictures' list and of the models; invalid_argument.
[[nodiscard]] Result<void> evaluate_pictures(const EvaluateOptions& options, const Clock& clock, std::ostream& out);

}  // namespace likeness::app
