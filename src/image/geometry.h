// Points, sizes and rectangles in a picture.
//
// PixelRect and UnitRect are different types on purpose: the first counts pixels of one picture, the second
// fractions of its width and height, and only to_unit() and to_pixels() go between them.
// Origin is the top left corner of the picture, x grows to the right, y downward. A pixel's centre lies at +0.5.
//
// Thread rule: plain values.
#pragma once

#include <algorithm>

namespace likeness {

struct Size {
  int width = 0;
  int height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

// In pixels; may lie outside the picture.
struct Point {
  float x = 0;
  float y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

// In pixels; may reach outside the picture (a face that is cut off by its edge).
struct PixelRect {
  float left = 0;
  float top = 0;
  float width = 0;
  float height = 0;

  [[nodiscard]] float right() const { return left + width; }
  [[nodiscard]] float bottom() const { return top + height; }
  [[nodiscard]] float area() const { return width * height; }
  [[nodiscard]] Point centre() const { return {left + width / 2, top + height / 2}; }
  friend bool operator==(const PixelRect&, const PixelRect&) = default;
};

// As fractions of the picture's width and height; usually within [0,1], beyond it where a face is cut off.
struct UnitRect {
  float left = 0;
  float top = 0;
  float width = 0;
  float height = 0;
  friend bool operator==(const UnitRect&, const UnitRect&) = default;
};

[[nodiscard]] inline UnitRect to_unit(const PixelRect& rect, Size picture) {
  const auto w = static_cast<float>(picture.width);
  const auto h = static_cast<float>(picture.height);
  return {rect.left / w, rect.top / h, rect.width / w, rect.height / h};
}

[[nodiscard]] inline PixelRect to_pixels(const UnitRect& rect, Size picture) {
  const auto w = static_cast<float>(picture.width);
  const auto h = static_cast<float>(picture.height);
  return {rect.left * w, rect.top * h, rect.width * w, rect.height * h};
}

[[nodiscard]] inline PixelRect intersection(const PixelRect& a, const PixelRect& b) {
  const float left = std::max(a.left, b.left);
  const float top = std::max(a.top, b.top);
  const float right = std::min(a.right(), b.right());
  const float bottom = std::min(a.bottom(), b.bottom());
  return {left, top, std::max(0.0F, right - left), std::max(0.0F, bottom - top)};
}

// Intersection over union, in [0,1]; 0 for two empty rectangles.
[[nodiscard]] inline float iou(const PixelRect& a, const PixelRect& b) {
  const float shared = intersection(a, b).area();
  const float both = a.area() + b.area() - shared;
  return both > 0 ? shared / both : 0;
}

// Maps (x, y) to (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]).
struct Affine {
  float m[6] = {1, 0, 0, 0, 1, 0};
  [[nodiscard]] Point apply(Point p) const { return {m[0] * p.x + m[1] * p.y + m[2], m[3] * p.x + m[4] * p.y + m[5]}; }
  // Precondition: the linear part is invertible (a similarity with a scale above 0 always is).
  [[nodiscard]] Affine inverse() const {
    const float det = m[0] * m[4] - m[1] * m[3];
    const float a = m[4] / det;
    const float b = -m[1] / det;
    const float c = -m[3] / det;
    const float d = m[0] / det;
    return {{a, b, -(a * m[2] + b * m[5]), c, d, -(c * m[2] + d * m[5])}};
  }
};

}  // namespace likeness
