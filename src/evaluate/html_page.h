// A report as one HTML file without scripts and without anything from elsewhere: text, tables, and plots as SVG.
//
// Thread rule: a plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace likeness::evaluate {

struct Curve {
  std::vector<std::pair<double, double>> points = {};
  bool filled = false;    // as an area down to the axis
  std::string name = {};  // in the legend
};

struct Plot {
  std::string title;
  std::string x_name;
  std::string y_name;
  bool logarithmic_x = false;  // then all x are above 0
  bool logarithmic_y = false;
  std::vector<Curve> curves = {};
};

class HtmlPage {
 public:
  explicit HtmlPage(std::string_view title);

  void heading(std::string_view text);
  void paragraph(std::string_view text);
  void warning(std::string_view text);
  // The first row is the head.
  void table(const std::vector<std::vector<std::string>>& rows);
  void plot(const Plot& plot);

  // The whole page.
  [[nodiscard]] std::string text() const { return text_ + "</body></html>\n"; }

 private:
  std::string text_;
};

// `text` with the five characters that mean something to HTML replaced.
[[nodiscard]] std::string escaped(std::string_view text);

// For people: "12.3 %", "1 in 52,000", "97.21 %".
[[nodiscard]] std::string percent(double share, int digits = 1);
[[nodiscard]] std::string one_in(double share);
[[nodiscard]] std::string with_commas(std::uint64_t number);
[[nodiscard]] std::string whole(double number);                    // "80"
[[nodiscard]] std::string decimals(double number, int digits);     // "0.526"
[[nodiscard]] std::string significant(double number, int digits);  // "0.0123"

}  // namespace likeness::evaluate
