#include "image/similarity_transform.h"

#include <cassert>
#include <cmath>
#include <cstddef>

namespace likeness {
namespace {

struct Vec {
  double x = 0;
  double y = 0;
};

Vec mean(std::span<const Point> points) {
  Vec sum;
  for (const Point& p : points) {
    sum.x += static_cast<double>(p.x);
    sum.y += static_cast<double>(p.y);
  }
  const auto n = static_cast<double>(points.size());
  return {sum.x / n, sum.y / n};
}

}  // namespace

std::optional<Affine> similarity_transform(std::span<const Point> from, std::span<const Point> to) {
  assert(from.size() == to.size() && from.size() >= 2);
  const Vec a = mean(from);
  const Vec b = mean(to);
  double spread = 0;
  double dot = 0;
  double cross = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Vec s = {static_cast<double>(from[i].x) - a.x, static_cast<double>(from[i].y) - a.y};
    const Vec d = {static_cast<double>(to[i].x) - b.x, static_cast<double>(to[i].y) - b.y};
    spread += s.x * s.x + s.y * s.y;
    dot += s.x * d.x + s.y * d.y;
    cross += s.x * d.y - s.y * d.x;
  }
  const double p = dot / spread;
  const double q = cross / spread;
  const double scale = std::hypot(p, q);
  // The negation also catches a NaN. The bounds keep the float inverse finite.
  if (!(scale > 1e-6 && scale < 1e6)) return std::nullopt;
  const double dx = b.x - (p * a.x - q * a.y);
  const double dy = b.y - (q * a.x + p * a.y);
  const auto f = [](double value) { return static_cast<float>(value); };
  return Affine{{f(p), f(-q), f(dx), f(q), f(p), f(dy)}};
}

}  // namespace likeness
