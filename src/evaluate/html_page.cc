#include "evaluate/html_page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>

namespace likeness::evaluate {

namespace {

constexpr double width = 640;
constexpr double height = 360;
constexpr double left = 70;
constexpr double right = 20;
constexpr double top = 16;
constexpr double bottom = 52;
constexpr std::array<const char*, 4> colours{"#1f6f8b", "#c8553d", "#588157", "#6d597a"};

constexpr const char* style =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #bbb;padding:.3rem .6rem;text-align:right}"
    "td:first-child,th:first-child{text-align:left}.warning{background:#fff3cd;padding:.6rem 1rem}"
    "svg{max-width:100%;height:auto}figure{margin:1rem 0}figcaption{font-weight:600}";

std::string pixels(double value) { return decimals(value, 1); }

// From values to pixels, on one axis.
class Axis {
 public:
  Axis(double from, double to, double first_pixel, double last_pixel, bool logarithmic)
      : from_(logarithmic ? std::log10(from) : from),
        to_(logarithmic ? std::log10(to) : to),
        first_(first_pixel),
        last_(last_pixel),
        logarithmic_(logarithmic) {
    if (to_ <= from_) to_ = from_ + 1;
  }
  [[nodiscard]] double at(double value) const {
    const double place = ((logarithmic_ ? std::log10(value) : value) - from_) / (to_ - from_);
    return first_ + std::clamp(place, 0.0, 1.0) * (last_ - first_);
  }
  // Decades, or five parts.
  [[nodiscard]] std::vector<double> ticks() const {
    constexpr double rounding = 1e-9;
    std::vector<double> values;
    if (logarithmic_) {
      const int last = static_cast<int>(std::floor(to_ + rounding));
      for (int decade = static_cast<int>(std::ceil(from_ - rounding)); decade <= last; ++decade) {
        values.push_back(std::pow(10, decade));
      }
    } else {
      constexpr int parts = 5;
      for (int i = 0; i <= parts; ++i) values.push_back(from_ + (to_ - from_) * i / parts);
    }
    return values;
  }

 private:
  double from_;
  double to_;
  double first_;
  double last_;
  bool logarithmic_;
};

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

std::string line_of(const Curve& curve, const Axis& x, const Axis& y, const char* colour) {
  std::string points;
  for (const auto& [a, b] : curve.points) points += pixels(x.at(a)) + "," + pixels(y.at(b)) + " ";
  if (!curve.filled)
    return "<polyline fill='none' stroke='" + std::string(colour) + "' stroke-width='2' points='" + points + "'/>";
  const std::string base = pixels(height - bottom);
  points += pixels(x.at(curve.points.back().first)) + "," + base + " " + pixels(x.at(curve.points.front().first)) +
            "," + base;
  return "<polygon fill='" + std::string(colour) + "' fill-opacity='.45' points='" + points + "'/>";
}

std::string label(double x, double y, const char* anchor, const std::string& text) {
  return "<text x='" + pixels(x) + "' y='" + pixels(y) + "' text-anchor='" + anchor + "'>" + escaped(text) + "</text>";
}

std::string axes_of(const Plot& plot, const Axis& x, const Axis& y) {
  std::string svg;
  for (const double tick : x.ticks()) {
    svg += "<line x1='" + pixels(x.at(tick)) + "' x2='" + pixels(x.at(tick)) + "' y1='" + pixels(top) + "' y2='" +
           pixels(height - bottom) + "' stroke='#ddd'/>" +
           label(x.at(tick), height - bottom + 18, "middle", significant(tick, 4));
  }
  for (const double tick : y.ticks()) {
    svg += "<line x1='" + pixels(left) + "' x2='" + pixels(width - right) + "' y1='" + pixels(y.at(tick)) + "' y2='" +
           pixels(y.at(tick)) + "' stroke='#ddd'/>" + label(left - 6, y.at(tick) + 4, "end", significant(tick, 4));
  }
  return svg +
         label((left + width - right) / 2, height - 10, "middle", plot.x_name + "   (upwards: " + plot.y_name + ")");
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out.push_back(c);
    }
  }
  return out;
}

std::string percent(double share, int digits) { return decimals(100 * share, digits) + " %"; }

std::string whole(double number) { return std::to_string(std::lround(number)); }

std::string decimals(double number, int digits) {
  char buffer[64];
  (void)std::snprintf(buffer, sizeof(buffer), "%.*f", digits, number);
  return buffer;
}

std::string significant(double number, int digits) {
  char buffer[32];
  (void)std::snprintf(buffer, sizeof(buffer), "%.*g", digits, number);
  return buffer;
}

std::string with_commas(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string one_in(double share) {
  if (share <= 0) return "none";
  if (share >= 1) return "every one";
  return "1 in " + with_commas(static_cast<std::uint64_t>(std::llround(1 / share)));
}

HtmlPage::HtmlPage(std::string_view title)
    : text_("<!doctype html><html lang='en'><head><meta charset='utf-8'><title>" + escaped(title) + "</title><style>" +
            style + "</style></head><body><h1>" + escaped(title) + "</h1>\n") {}

void HtmlPage::heading(std::string_view text) { text_ += "<h2>" + escaped(text) + "</h2>\n"; }

void HtmlPage::paragraph(std::string_view text) { text_ += "<p>" + escaped(text) + "</p>\n"; }

void HtmlPage::warning(std::string_view text) { text_ += "<p class='warning'>" + escaped(text) + "</p>\n"; }

void HtmlPage::table(const std::vector<std::vector<std::string>>& rows) {
  text_ += "<table>";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text_ += "<tr>";
    for (const std::string& cell : rows[i]) {
      text_ += (i == 0 ? "<th>" : "<td>") + escaped(cell) + (i == 0 ? "</th>" : "</td>");
    }
    text_ += "</tr>\n";
  }
  text_ += "</table>\n";
}

void HtmlPage::plot(const Plot& plot) {
  Range xs;
  Range ys;
  for (const Curve& curve : plot.curves) {
    for (const auto& [x, y] : curve.points) {
      if (!plot.logarithmic_x || x > 0) xs.include(x);
      if (!plot.logarithmic_y || y > 0) ys.include(y);
    }
  }
  if (xs.low > xs.high || ys.low > ys.high) return;
  const Axis x(xs.low, xs.high, left, width - right, plot.logarithmic_x);
  const Axis y(plot.logarithmic_y ? ys.low : std::min(0.0, ys.low), ys.high, height - bottom, top, plot.logarithmic_y);
  text_ += "<figure><figcaption>" + escaped(plot.title) + "</figcaption><svg viewBox='0 0 " + pixels(width) + " " +
           pixels(height) + "' font-size='12' font-family='system-ui,sans-serif'>" + axes_of(plot, x, y);
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    const char* const colour = colours[i % colours.size()];
    if (!plot.curves[i].points.empty()) text_ += line_of(plot.curves[i], x, y, colour);
    const double at = top + 16 + 18 * static_cast<double>(i);
    text_ += "<rect x='" + pixels(left + 10) + "' y='" + pixels(at - 10) + "' width='12' height='12' fill='" +
             std::string(colour) + "'/>" + label(left + 28, at, "start", plot.curves[i].name);
  }
  text_ += "</svg></figure>\n";
}

}  // namespace likeness::evaluate
