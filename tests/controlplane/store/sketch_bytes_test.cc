#include "controlplane/store/sketch_bytes.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

TEST(SketchBytesTest, AnEmptySketchTakesNothing) {
  EXPECT_EQ(SketchBytes(LatencySketch()), "");
  EXPECT_EQ(SketchOf("").count(), 0U);
}

TEST(SketchBytesTest, EveryBucketComesBack) {
  LatencySketch sketch;
  for (std::size_t i = 0; i < LatencySketch::kBuckets; ++i) {
    sketch.AddToBucket(i, std::uint64_t{1} << (i % 62));
  }
  const LatencySketch back = SketchOf(SketchBytes(sketch));
  for (std::size_t i = 0; i < LatencySketch::kBuckets; ++i) {
    EXPECT_EQ(back.bucket(i), sketch.bucket(i)) << i;
  }
}

TEST(SketchBytesTest, AFewLatenciesTakeAFewBytes) {
  LatencySketch sketch;
  sketch.AddToBucket(40, 127);
  sketch.AddToBucket(41, 128);
  EXPECT_EQ(SketchBytes(sketch), std::string("\x28\x7F\x29\x80\x01", 5));
}

TEST(SketchBytesTest, WhatSomebodyEditedDoesNoHarm) {
  EXPECT_EQ(SketchOf("\xFF\x01").count(), 0U) << "no such bucket";
  EXPECT_EQ(SketchOf("\x28").count(), 0U) << "no count";
  SketchOf(std::string(100, '\xFF'));
}

}  // namespace
}  // namespace weir::controlplane
