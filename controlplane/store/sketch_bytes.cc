#include "controlplane/store/sketch_bytes.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::controlplane {
namespace {

constexpr std::uint8_t kMore = 0x80;
constexpr unsigned kBits = 7;

}  // namespace

std::string SketchBytes(const LatencySketch& sketch) {
  std::string bytes;
  for (std::size_t i = 0; i < LatencySketch::kBuckets; ++i) {
    std::uint64_t count = sketch.bucket(i);
    if (count == 0) continue;
    bytes += static_cast<char>(i);
    for (; count >= kMore; count >>= kBits) {
      bytes += static_cast<char>((count & (kMore - 1U)) | kMore);
    }
    bytes += static_cast<char>(count);
  }
  return bytes;
}

LatencySketch SketchOf(std::string_view bytes) {
  LatencySketch sketch;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto bucket = static_cast<std::uint8_t>(bytes[at++]);
    std::uint64_t count = 0;
    for (unsigned shift = 0; shift < 63 && at < bytes.size(); shift += kBits) {
      const auto byte = static_cast<std::uint8_t>(bytes[at++]);
      count |= static_cast<std::uint64_t>(byte & (kMore - 1U)) << shift;
      if ((byte & kMore) == 0) break;
    }
    sketch.AddToBucket(bucket, count);
  }
  return sketch;
}

}  // namespace weir::controlplane
