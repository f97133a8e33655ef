#include "describe_eval_render.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

namespace likeness::bench {
namespace {

using describe::HeadFrame;
using describe::Pose;

// Mesh indices of the outline, clockwise from the top of the forehead, and of the lids.
constexpr std::array<std::size_t, 36> outline = {10,  338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288,
                                                 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
                                                 172, 58,  132, 93,  234, 127, 162, 21,  54,  103, 67,  109};
constexpr std::array<std::size_t, 16> left_lids = {33,  246, 161, 160, 159, 158, 157, 173,
                                                   133, 155, 154, 153, 145, 144, 163, 7};
constexpr std::array<std::size_t, 16> right_lids = {362, 398, 384, 385, 386, 387, 388, 466,
                                                    263, 249, 390, 373, 374, 380, 381, 382};
// Points of an upper lid and those of the lower lid under them.
constexpr std::array<std::array<std::size_t, 2>, 14> lid_pairs = {{{246, 7},
                                                                   {161, 163},
                                                                   {160, 144},
                                                                   {159, 145},
                                                                   {158, 153},
                                                                   {157, 154},
                                                                   {173, 155},
                                                                   {466, 249},
                                                                   {388, 390},
                                                                   {387, 373},
                                                                   {386, 374},
                                                                   {385, 380},
                                                                   {384, 381},
                                                                   {398, 382}}};
constexpr std::array<std::size_t, 24> mask_outline = {234, 93,  132, 58,  172, 136, 150, 149, 176, 148, 152, 377,
                                                      400, 378, 379, 365, 397, 288, 361, 323, 454, 346, 195, 117};
constexpr std::array<std::size_t, 4> cheeks = {50, 280, 205, 425};

struct Triangle {
  std::array<std::size_t, 3> corner;
};

// Twice the signed area.
double area(const Point& a, const Point& b, const Point& c) {
  return static_cast<double>(b.x - a.x) * static_cast<double>(c.y - a.y) -
         static_cast<double>(b.y - a.y) * static_cast<double>(c.x - a.x);
}

bool circumcircle_holds(const std::vector<Point>& points, const Triangle& t, const Point& p) {
  std::array<double, 3> x{};
  std::array<double, 3> y{};
  std::array<double, 3> s{};
  for (std::size_t i = 0; i < 3; ++i) {
    x[i] = static_cast<double>(points[t.corner[i]].x - p.x);
    y[i] = static_cast<double>(points[t.corner[i]].y - p.y);
    s[i] = x[i] * x[i] + y[i] * y[i];
  }
  const double d =
      x[0] * (y[1] * s[2] - y[2] * s[1]) - y[0] * (x[1] * s[2] - x[2] * s[1]) + s[0] * (x[1] * y[2] - x[2] * y[1]);
  return area(points[t.corner[0]], points[t.corner[1]], points[t.corner[2]]) > 0 ? d > 0 : d < 0;
}

// Bowyer and Watson, 1981. Quadratic, which is enough for 576 points.
std::vector<Triangle> delaunay(std::vector<Point> points) {
  const std::size_t count = points.size();
  points.insert(points.end(), {{-1e5F, -1e5F}, {1e5F, -1e5F}, {0, 2e5F}});
  std::vector<Triangle> triangles = {{{count, count + 1, count + 2}}};
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::array<std::size_t, 2>> edges;
    std::erase_if(triangles, [&](const Triangle& t) {
      if (!circumcircle_holds(points, t, points[i])) return false;
      for (std::size_t k = 0; k < 3; ++k) edges.push_back({t.corner[k], t.corner[(k + 1) % 3]});
      return true;
    });
    for (const auto& edge : edges) {
      const bool shared = std::any_of(edges.begin(), edges.end(), [&](const auto& other) {
        return &other != &edge && ((other[0] == edge[1] && other[1] == edge[0]) || other == edge);
      });
      if (!shared) triangles.push_back({{edge[0], edge[1], i}});
    }
  }
  std::erase_if(triangles, [&](const Triangle& t) {
    return std::any_of(t.corner.begin(), t.corner.end(), [&](std::size_t c) { return c >= count; });
  });
  return triangles;
}

// Bilinear between pixel centres; beyond the edge the edge goes on.
std::array<float, 3> sample(const Image& image, Point at) {
  const float x = std::clamp(at.x - 0.5F, 0.0F, static_cast<float>(image.width() - 1));
  const float y = std::clamp(at.y - 0.5F, 0.0F, static_cast<float>(image.height() - 1));
  const int x0 = static_cast<int>(x);
  const int y0 = static_cast<int>(y);
  const int x1 = std::min(x0 + 1, image.width() - 1);
  const int y1 = std::min(y0 + 1, image.height() - 1);
  const float fx = x - static_cast<float>(x0);
  const float fy = y - static_cast<float>(y0);
  std::array<float, 3> colour{};
  for (int c = 0; c < 3; ++c) {
    const auto value = [&](int px, int py) { return static_cast<float>(image.row(py)[px * 3 + c]); };
    colour[static_cast<std::size_t>(c)] = (value(x0, y0) * (1 - fx) + value(x1, y0) * fx) * (1 - fy) +
                                          (value(x0, y1) * (1 - fx) + value(x1, y1) * fx) * fy;
  }
  return colour;
}

void set(Image& image, int x, int y, const std::array<float, 3>& colour) {
  for (std::size_t c = 0; c < 3; ++c) {
    image.row(y)[x * 3 + static_cast<int>(c)] = static_cast<std::uint8_t>(std::clamp(colour[c] + 0.5F, 0.0F, 255.0F));
  }
}

// A textured surface: where each point lies in the picture and in space.
struct Surface {
  std::vector<Point> texture;
  std::vector<Point3> space;
};

Surface surface_of(const FaceMesh& mesh, float face_height) {
  Surface surface;
  for (const Point3& p : mesh.points) {
    surface.texture.push_back({p.x, p.y});
    surface.space.push_back(p);
  }
  Point centre;
  for (const std::size_t i : outline) {
    centre.x += mesh.points[i].x / outline.size();
    centre.y += mesh.points[i].y / outline.size();
  }
  // How far out the rings lie, and how far back in halves of the face's height.
  constexpr std::array<std::array<float, 2>, 3> rings = {{{1.3F, 0.25F}, {1.8F, 0.6F}, {2.6F, 1.2F}}};
  for (const auto& [out, back] : rings) {
    for (const std::size_t i : outline) {
      const Point3& p = mesh.points[i];
      const Point flat = {centre.x + (p.x - centre.x) * out, centre.y + (p.y - centre.y) * out};
      surface.texture.push_back(flat);
      surface.space.push_back({flat.x, flat.y, p.z + back * face_height / 2});
    }
  }
  return surface;
}

// Pitch first, then yaw, then roll, with the signs of Pose.
Point3 turn(const Point3& p, const Pose& pose) {
  const float degree = std::numbers::pi_v<float> / 180;
  const float cp = std::cos(pose.pitch * degree);
  const float sp = std::sin(pose.pitch * degree);
  const float cy = std::cos(pose.yaw * degree);
  const float sy = std::sin(pose.yaw * degree);
  const float cr = std::cos(pose.roll * degree);
  const float sr = std::sin(pose.roll * degree);
  const Point3 a = {p.x, cp * p.y + sp * p.z, -sp * p.y + cp * p.z};
  const Point3 b = {cy * a.x - sy * a.z, a.y, sy * a.x + cy * a.z};
  return {cr * b.x - sr * b.y, sr * b.x + cr * b.y, b.z};
}

class Rasteriser {
 public:
  // Draws onto `canvas`.
  Rasteriser(const Image& texture, Image canvas)
      : texture_(texture),
        canvas_(std::move(canvas)),
        depth_(canvas_.byte_count() / Image::channels, std::numeric_limits<float>::max()) {}

  // Corners in pixels of the canvas with their depth, and in the texture.
  void draw(const std::array<Point3, 3>& at, const std::array<Point, 3>& from) {
    const double whole = area({at[0].x, at[0].y}, {at[1].x, at[1].y}, {at[2].x, at[2].y});
    if (std::abs(whole) < 1e-6) return;
    const auto [left, right] = std::minmax({at[0].x, at[1].x, at[2].x});
    const auto [top, bottom] = std::minmax({at[0].y, at[1].y, at[2].y});
    for (int y = bound(top); y <= bound(bottom); ++y) {
      for (int x = bound(left); x <= bound(right); ++x) draw_pixel(x, y, at, from, whole);
    }
  }

  Image take() { return std::move(canvas_); }

 private:
  [[nodiscard]] int bound(float v) const {
    return static_cast<int>(std::clamp(v, 0.0F, static_cast<float>(canvas_.width() - 1)));
  }

  void draw_pixel(int x, int y, const std::array<Point3, 3>& at, const std::array<Point, 3>& from, double whole) {
    const Point p = {static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F};
    std::array<float, 3> w{};
    for (std::size_t i = 0; i < 3; ++i) {
      const Point3& a = at[(i + 1) % 3];
      const Point3& b = at[(i + 2) % 3];
      w[i] = static_cast<float>(area(p, {a.x, a.y}, {b.x, b.y}) / whole);
      if (w[i] < -1e-5F) return;
    }
    const float z = w[0] * at[0].z + w[1] * at[1].z + w[2] * at[2].z;
    float& nearest = depth_[static_cast<std::size_t>(y * canvas_.width() + x)];
    if (z >= nearest) return;
    nearest = z;
    set(canvas_, x, y,
        sample(texture_, {w[0] * from[0].x + w[1] * from[1].x + w[2] * from[2].x,
                          w[0] * from[0].y + w[1] * from[1].y + w[2] * from[2].y}));
  }

  const Image& texture_;
  Image canvas_;
  std::vector<float> depth_;
};

bool inside(const std::vector<Point>& polygon, Point p) {
  bool in = false;
  for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
    const Point& a = polygon[i];
    const Point& b = polygon[j];
    if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) in = !in;
  }
  return in;
}

template <std::size_t n>
std::vector<Point> polygon_of(const FaceMesh& mesh, const std::array<std::size_t, n>& indices) {
  std::vector<Point> polygon;
  for (const std::size_t i : indices) polygon.push_back({mesh.points[i].x, mesh.points[i].y});
  return polygon;
}

// The share of a pixel that lies in a shape, from 4 x 4 places.
template <typename Shape>
float coverage(int x, int y, const Shape& holds) {
  int count = 0;
  for (int i = 0; i < 16; ++i) {
    count += holds(Point{static_cast<float>(x) + (static_cast<float>(i % 4) + 0.5F) / 4,
                         static_cast<float>(y) + (static_cast<float>(i / 4) + 0.5F) / 4})
                 ? 1
                 : 0;
  }
  return static_cast<float>(count) / 16;
}

float distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

void move_iris(const Image& from, Image& to, const Iris& eye, const std::vector<Point>& lids, float yaw, float pitch) {
  const float degree = std::numbers::pi_v<float> / 180;
  const float width = distance(eye.eye[0], eye.eye[8]);
  const Point centre = eye.iris[0];
  float radius = 0;
  for (std::size_t i = 1; i < eye.iris.size(); ++i) radius += distance(eye.iris[i], centre) / 4;
  const Point shift = {std::sin(yaw * degree) * 0.37F * width, -std::sin(pitch * degree) * 0.37F * width};
  for (int y = 0; y < to.height(); ++y) {
    for (int x = 0; x < to.width(); ++x) {
      const Point p = {static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F};
      if (distance(p, centre) > 2 * width) continue;
      const float open = coverage(x, y, [&](Point q) { return inside(lids, q); });
      const float off = distance(p, {centre.x + shift.x, centre.y + shift.y}) - 1.05F * radius;
      const float moved = open * std::clamp(1 - off / (0.28F * width), 0.0F, 1.0F);
      if (moved > 0) set(to, x, y, sample(from, {p.x - moved * shift.x, p.y - moved * shift.y}));
    }
  }
}

float face_height(const FaceMesh& mesh) {
  const Point3& top = mesh.points[10];
  const Point3& chin = mesh.points[152];
  return std::hypot(top.x - chin.x, top.y - chin.y, top.z - chin.z);
}

}  // namespace

Image render_turned(const Image& image, const FaceMesh& mesh, const HeadFrame& own, const Pose& pose, int side) {
  const Surface surface = surface_of(mesh, face_height(mesh));
  const float half = static_cast<float>(side) / 2;
  const float scale = 0.43F * static_cast<float>(side) / (face_height(mesh) / own.scale);
  std::vector<Point3> placed;
  for (const Point3& p : surface.space) {
    const Point3 turned = turn(own.to_front(p), pose);
    placed.push_back({half + scale * turned.x, half + scale * turned.y, scale * turned.z});
  }
  Image grey({side, side});
  grey.fill(110, 110, 110);
  Rasteriser rasteriser(image, std::move(grey));
  for (const Triangle& t : delaunay(surface.texture)) {
    rasteriser.draw({placed[t.corner[0]], placed[t.corner[1]], placed[t.corner[2]]},
                    {surface.texture[t.corner[0]], surface.texture[t.corner[1]], surface.texture[t.corner[2]]});
  }
  return rasteriser.take();
}

Image render_closed_eyes(const Image& image, const FaceMesh& mesh) {
  const Surface surface = surface_of(mesh, face_height(mesh));
  std::vector<Point3> placed;
  for (const Point& p : surface.texture) placed.push_back({p.x, p.y, 0});
  for (const auto& [upper, lower] : lid_pairs) placed[upper] = placed[lower];
  Rasteriser rasteriser(image, image.clone());
  for (const Triangle& t : delaunay(surface.texture)) {
    rasteriser.draw({placed[t.corner[0]], placed[t.corner[1]], placed[t.corner[2]]},
                    {surface.texture[t.corner[0]], surface.texture[t.corner[1]], surface.texture[t.corner[2]]});
  }
  return rasteriser.take();
}

Image render_gaze(const Image& image, const FaceMesh& mesh, float yaw, float pitch) {
  Image moved = image.clone();
  move_iris(image, moved, mesh.left_eye, polygon_of(mesh, left_lids), yaw, pitch);
  move_iris(image, moved, mesh.right_eye, polygon_of(mesh, right_lids), yaw, pitch);
  return moved;
}

Image render_mask(const Image& image, const FaceMesh& mesh, std::uint32_t seed) {
  constexpr std::array<std::array<float, 3>, 6> colours = {
      {{230, 200, 150}, {235, 235, 235}, {30, 30, 30}, {150, 110, 60}, {60, 60, 170}, {200, 170, 110}}};
  std::minstd_rand random(seed);
  const auto& colour = colours[random() % colours.size()];
  const float gain = 0.75F + static_cast<float>(random() % 1000) / 1000 * 0.3F;
  const std::vector<Point> polygon = polygon_of(mesh, mask_outline);
  const Image shade = gaussian_blur(image, face_height(mesh) * 0.05F);
  Image masked = image.clone();
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const float cover = coverage(x, y, [&](Point q) { return inside(polygon, q); });
      if (cover == 0) continue;
      const std::uint8_t* s = shade.row(y) + x * 3;
      const float light = gain * (0.5F + 0.5F * static_cast<float>(s[0] + s[1] + s[2]) / 3 / 128);
      const float noise = static_cast<float>(random() % 13) - 6;
      const auto skin = sample(image, {static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F});
      std::array<float, 3> mixed{};
      for (std::size_t c = 0; c < 3; ++c) mixed[c] = skin[c] * (1 - cover) + (colour[c] * light + noise) * cover;
      set(masked, x, y, mixed);
    }
  }
  return masked;
}

Image render_hand(const Image& image, const FaceMesh& mesh, std::uint32_t seed) {
  std::minstd_rand random(seed);
  const auto unit = [&] { return static_cast<float>(random() % 1000) / 1000; };
  constexpr std::array<std::size_t, 4> places = {13, 13, 159, 386};
  const Point3& centre = mesh.points[places[random() % places.size()]];
  const float angle = unit() * std::numbers::pi_v<float>;
  const float gain = 0.75F + 0.45F * unit();
  std::array<float, 3> colour{};
  for (const std::size_t i : cheeks) {
    const auto skin = sample(image, {mesh.points[i].x, mesh.points[i].y});
    for (std::size_t c = 0; c < 3; ++c) colour[c] += skin[c] * gain / cheeks.size();
  }
  const float height = face_height(mesh);
  Image covered = image.clone();
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const float cover = coverage(x, y, [&](Point q) {
        const float dx = q.x - centre.x;
        const float dy = q.y - centre.y;
        return std::hypot((dx * std::cos(angle) + dy * std::sin(angle)) / (0.33F * height),
                          (dy * std::cos(angle) - dx * std::sin(angle)) / (0.2F * height)) < 1;
      });
      if (cover == 0) continue;
      const auto skin = sample(image, {static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F});
      std::array<float, 3> mixed{};
      for (std::size_t c = 0; c < 3; ++c) mixed[c] = skin[c] * (1 - cover) + colour[c] * cover;
      set(covered, x, y, mixed);
    }
  }
  return covered;
}

Image gaussian_blur(const Image& image, float sigma) {
  const int reach = static_cast<int>(std::ceil(3 * sigma));
  std::vector<float> kernel;
  float sum = 0;
  for (int i = -reach; i <= reach; ++i) {
    kernel.push_back(std::exp(-static_cast<float>(i * i) / (2 * sigma * sigma)));
    sum += kernel.back();
  }
  const auto pass = [&](const Image& from, int dx, int dy) {
    Image to(from.size());
    for (int y = 0; y < from.height(); ++y) {
      for (int x = 0; x < from.width(); ++x) {
        std::array<float, 3> colour{};
        for (int i = -reach; i <= reach; ++i) {
          const int px = std::clamp(x + i * dx, 0, from.width() - 1);
          const int py = std::clamp(y + i * dy, 0, from.height() - 1);
          const float weight = kernel[static_cast<std::size_t>(i + reach)] / sum;
          for (std::size_t c = 0; c < 3; ++c) {
            colour[c] += weight * static_cast<float>(from.row(py)[px * 3 + static_cast<int>(c)]);
          }
        }
        set(to, x, y, colour);
      }
    }
    return to;
  };
  return pass(pass(image, 1, 0), 0, 1);
}

Image multiply(const Image& image, float gain) {
  Image scaled(image.size());
  const auto from = image.bytes();
  const auto to = scaled.bytes();
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i] = static_cast<std::uint8_t>(std::clamp(static_cast<float>(from[i]) * gain + 0.5F, 0.0F, 255.0F));
  }
  return scaled;
}

}  // namespace likeness::bench
