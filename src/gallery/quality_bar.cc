#include "gallery/quality_bar.h"

#include <cmath>

namespace likeness::gallery {

namespace {

struct Bar {
  float quality;     // least, 0..100
  float sharpness;   // least, 0..100; a blur of 4 % of the face's width brings the median of LFW to 17
  float darkest;     // brightness, 0..100; LFW lies between 31 and 62
  float brightest;   //
  float yaw;         // most, degrees to either side
  float pitch;       // most, degrees up or down
  float confidence;  // least, 0..100
};

constexpr Bar low{
    .quality = 50, .sharpness = 20, .darkest = 10, .brightest = 92, .yaw = 70, .pitch = 50, .confidence = 80};
constexpr Bar medium{
    .quality = 80, .sharpness = 40, .darkest = 18, .brightest = 88, .yaw = 50, .pitch = 35, .confidence = 90};
constexpr Bar high{
    .quality = 93, .sharpness = 60, .darkest = 28, .brightest = 80, .yaw = 30, .pitch = 25, .confidence = 99};

std::vector<Shortcoming> shortcomings(const pipeline::AnalyzedFace& face, const Bar& bar) {
  const describe::FaceDescription& seen = *face.description;
  std::vector<Shortcoming> found;
  if (std::abs(seen.pose.yaw) > bar.yaw || std::abs(seen.pose.pitch) > bar.pitch) {
    found.push_back(Shortcoming::extreme_pose);
  }
  if (seen.quality.brightness < bar.darkest) found.push_back(Shortcoming::low_brightness);
  const bool is_glaring = seen.quality.brightness > bar.brightest;
  if (is_glaring || (face.quality && *face.quality < bar.quality)) found.push_back(Shortcoming::low_face_quality);
  if (seen.quality.sharpness < bar.sharpness) found.push_back(Shortcoming::low_sharpness);
  if (face.confidence < bar.confidence) found.push_back(Shortcoming::low_confidence);
  return found;
}

}  // namespace

std::vector<Shortcoming> shortcomings(const pipeline::AnalyzedFace& face, QualityBar bar) {
  switch (bar) {
    case QualityBar::none: return {};
    case QualityBar::automatic:
    case QualityBar::low: return shortcomings(face, low);
    case QualityBar::medium: return shortcomings(face, medium);
    case QualityBar::high: return shortcomings(face, high);
  }
  return {};
}

bool meets(const pipeline::AnalyzedFace& face, QualityBar bar) { return shortcomings(face, bar).empty(); }

}  // namespace likeness::gallery
