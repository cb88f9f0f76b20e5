#include "dataplane/relay/usage_chunk.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

const std::string kText =
    "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\":{}}\"}}],"
    "\"usage\":null}\n\n";
const std::string kUsage =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,"
    "\"prompt_tokens_details\":{\"cached_tokens\":0}}}\n\n";
// What some servers send with every chunk.
const std::string kTextAndUsage =
    "data: {\"choices\":[{\"delta\":{}}],\"usage\":{\"prompt_tokens\":1}}\n\n";
const std::string kDone = "data: [DONE]\n\n";

TEST(UsageChunkTest, OnlyTheOneWithoutChoicesGoes) {
  EXPECT_EQ(WithoutUsageChunk(kText + kUsage + kDone), kText + kDone);
  EXPECT_EQ(WithoutUsageChunk(kUsage), "");
  EXPECT_EQ(WithoutUsageChunk(kText + kTextAndUsage + ": hi\n\n"),
            kText + kTextAndUsage + ": hi\n\n");
  EXPECT_EQ(WithoutUsageChunk("data: {\"choices\":[],\"usage\":null}\n\n"),
            "data: {\"choices\":[],\"usage\":null}\n\n");
  EXPECT_EQ(WithoutUsageChunk(kText + "data: {\"cho"), kText + "data: {\"cho");
}

TEST(UsageChunkTest, IsLookedForAtTheEnd) {
  EXPECT_TRUE(MayHoldUsageChunk(kUsage));
  EXPECT_TRUE(MayHoldUsageChunk(kText + kUsage));
  EXPECT_TRUE(MayHoldUsageChunk(kUsage + kDone));
  EXPECT_TRUE(MayHoldUsageChunk("data: {\"usage\":{}}\r\n\r\n"));
  EXPECT_FALSE(MayHoldUsageChunk(kText));
  EXPECT_FALSE(MayHoldUsageChunk(": hi\n\n"));
  EXPECT_FALSE(MayHoldUsageChunk(""));
}

}  // namespace
}  // namespace weir::dataplane
