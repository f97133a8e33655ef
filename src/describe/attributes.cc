#include "describe/attributes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace likeness::describe {
namespace {

// Indices in the iris model's contour of the eye: 0 and 8 are the corners, 9 to 15 the upper lid between them.
constexpr std::size_t outer_corner = 0;
constexpr std::size_t inner_corner = 8;
constexpr std::array<std::size_t, 3> upper_lid = {11, 12, 13};

// Indices of the mesh.
constexpr std::array<std::array<std::size_t, 2>, 3> inner_lips = {{{13, 14}, {81, 178}, {311, 402}}};
constexpr std::array<std::size_t, 2> mouth_corners = {61, 291};
constexpr std::array<std::size_t, 10> under_eyes = {230, 231, 232, 119, 118, 450, 451, 452, 348, 347};
constexpr std::array<std::size_t, 12> bare_skin = {50, 280, 205, 425, 207, 427, 151, 9, 108, 337, 67, 297};

float distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

float distance(const Point3& a, const Point3& b) { return std::hypot(a.x - b.x, a.y - b.y, a.z - b.z); }

// The height of the upper lid over the line of the corners, in its length. `up` is the direction to the brow.
float arch_of(const Iris& eye, Point up) {
  const Point a = eye.eye[outer_corner];
  const Point b = eye.eye[inner_corner];
  const float width = distance(a, b);
  if (width <= 0) return 0;
  Point normal = {(b.y - a.y) / width, -(b.x - a.x) / width};
  if (normal.x * up.x + normal.y * up.y < 0) normal = {-normal.x, -normal.y};
  float sum = 0;
  for (const std::size_t index : upper_lid) {
    sum += (eye.eye[index].x - a.x) * normal.x + (eye.eye[index].y - a.y) * normal.y;
  }
  return sum / static_cast<float>(upper_lid.size()) / width;
}

bool has_points(const Iris& eye) { return distance(eye.eye[outer_corner], eye.eye[inner_corner]) > 0; }

float median(std::span<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Colour {
  float luma = 0;  // logarithms
  float red = 0;   // over green
  float blue = 0;  // over green
};

// Mean of the 3 x 3 pixels round a point; a point outside the chip counts as at its edge. 4 is added to each channel so
// that black has a logarithm.
Colour colour_at(const FaceChip& chip, const Point3& point) {
  const Point p = chip.locate({point.x, point.y});
  // Not a number or far away both end inside.
  const auto inside = [](float v) {
    return v >= 1 ? static_cast<int>(std::min(v, static_cast<float>(FaceChip::side - 2))) : 1;
  };
  std::array<float, 3> sum{};
  for (int y = inside(p.y) - 1; y <= inside(p.y) + 1; ++y) {
    for (int x = inside(p.x) - 1; x <= inside(p.x) + 1; ++x) {
      const std::uint8_t* bgr = chip.pixels().row(y) + static_cast<std::ptrdiff_t>(x) * Image::channels;
      for (std::size_t c = 0; c < 3; ++c) sum[c] += static_cast<float>(bgr[c]) / 9;
    }
  }
  for (float& channel : sum) channel += 4;
  return {std::log(0.114F * sum[0] + 0.587F * sum[1] + 0.299F * sum[2]), std::log(sum[2] / sum[1]),
          std::log(sum[0] / sum[1])};
}

template <std::size_t n>
Colour median_colour(const FaceChip& chip, const FaceMesh& mesh, const std::array<std::size_t, n>& indices) {
  std::array<float, n> luma_values;
  std::array<float, n> red;
  std::array<float, n> blue;
  for (std::size_t i = 0; i < n; ++i) {
    const Colour colour = colour_at(chip, mesh.points[indices[i]]);
    luma_values[i] = colour.luma;
    red[i] = colour.red;
    blue[i] = colour.blue;
  }
  return {median(luma_values), median(red), median(blue)};
}

// `logit`: the logarithm of the odds of yes.
Judgement judge(float logit) {
  const bool yes = logit > 0;
  const float sure = 1 / (1 + std::exp(-std::abs(logit)));
  return {.value = yes, .confidence = std::isfinite(sure) ? 100 * sure : 50};
}

}  // namespace

std::optional<float> lid_arch(const FaceMesh& mesh) {
  if (!has_points(mesh.left_eye) || !has_points(mesh.right_eye)) return std::nullopt;
  const FivePoints five = five_points(mesh);
  const Point up = {(five[0].x + five[1].x - five[3].x - five[4].x) / 2,
                    (five[0].y + five[1].y - five[3].y - five[4].y) / 2};
  return (arch_of(mesh.left_eye, up) + arch_of(mesh.right_eye, up)) / 2;
}

float lip_gap(const FaceMesh& mesh) {
  const auto flat = [&](std::size_t index) { return Point{mesh.points[index].x, mesh.points[index].y}; };
  const float width = distance(flat(mouth_corners[0]), flat(mouth_corners[1]));
  if (width <= 0) return 0;
  float sum = 0;
  for (const auto& [upper, lower] : inner_lips) sum += distance(flat(upper), flat(lower));
  return sum / static_cast<float>(inner_lips.size()) / width;
}

MouthShape mouth_shape(const FaceMesh& mesh, const HeadFrame& frame) {
  const Point3 left = frame.to_front(mesh.points[mouth_corners[0]]);
  const Point3 right = frame.to_front(mesh.points[mouth_corners[1]]);
  return {
      .width = distance(left, right), .corner_height = (left.y + right.y) / 2, .corner_depth = (left.z + right.z) / 2};
}

CoverCues cover_cues(const FaceChip& chip, const FaceMesh& mesh) {
  const Colour eyes = median_colour(chip, mesh, under_eyes);
  const Colour skin = median_colour(chip, mesh, bare_skin);
  return {.eye_darkness = skin.luma - eyes.luma,
          .eye_tint = std::hypot(eyes.red - skin.red, eyes.blue - skin.blue),
          .doubt = std::log(std::clamp(1 - mesh.score, std::exp(-7.0F), 1.0F))};
}

// The coefficients: bench/describe_eval_fit.py on the fit half of bench/describe_labels.csv.
Judgement judge_eyes_open(float arch) { return judge(51.8F * arch - 2.49F); }

Judgement judge_mouth_open(float gap) { return judge(44.8F * gap - 3.23F); }

Judgement judge_smile(const MouthShape& mouth) {
  return judge(32.0F * mouth.width - 23.9F * mouth.corner_height + 22.6F * mouth.corner_depth - 9.29F);
}

Judgement judge_face_occluded(const CoverCues& cues) {
  return judge(3.55F * cues.eye_darkness + 14.0F * cues.eye_tint + 1.16F * cues.doubt + 3.28F);
}

}  // namespace likeness::describe
