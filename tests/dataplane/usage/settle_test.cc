#include "dataplane/usage/settle.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/dialect/canonical/usage.h"
#include "dataplane/relay/answer_format.h"

namespace weir::dataplane {
namespace {

using dialect::canonical::kMaxTokens;
using dialect::canonical::Provenance;
using dialect::canonical::Usage;

constexpr std::uint32_t kInputEstimate = 100;
constexpr std::uint32_t kOutputSeen = 40;

struct SettleCase {
  std::string name;
  Ending ending;
  AnswerFormat format;
  Usage reported;
  Usage want;
};

class SettleTest : public ::testing::TestWithParam<SettleCase> {};

TEST_P(SettleTest, FollowsTheTable) {
  EXPECT_EQ(SettledUsage(GetParam().ending, GetParam().format,
                         GetParam().reported, kInputEstimate, kOutputSeen),
            GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SettleTest,
    ::testing::ValuesIn<SettleCase>({
        {"TheProvidersWordCounts",
         Ending::kWhole,
         AnswerFormat::kChat,
         {.fresh_input = 7, .cache_read = 3, .output = 2},
         {.fresh_input = 7, .cache_read = 3, .output = 2}},
        {"AZeroIsAWord",
         Ending::kWhole,
         AnswerFormat::kChat,
         {.fresh_input = 7, .output = 0},
         {.fresh_input = 7, .output = 0}},
        {"SilenceIsNotFree",
         Ending::kWhole,
         AnswerFormat::kChat,
         {},
         {.fresh_input = 100,
          .output = 40,
          .provenance = Provenance::kEstimated}},
        {"HalfAWordIsFilledUp",
         Ending::kWhole,
         AnswerFormat::kMessages,
         {.fresh_input = 7},
         {.fresh_input = 7,
          .output = 40,
          .provenance = Provenance::kEstimated}},
        {"OutputWithoutInputToo",
         Ending::kWhole,
         AnswerFormat::kGenerate,
         {.output = 5},
         {.fresh_input = 100,
          .output = 5,
          .provenance = Provenance::kEstimated}},
        {"NothingComesOutOfAnEmbedding",
         Ending::kWhole,
         AnswerFormat::kEmbeddings,
         {},
         {.fresh_input = 100,
          .output = 0,
          .provenance = Provenance::kEstimated}},
        {"OpaqueAnswersHaveNoTokens",
         Ending::kWhole,
         AnswerFormat::kOpaque,
         {},
         {.provenance = Provenance::kEstimated}},
        {"ABrokenStreamHasWhatCame",
         Ending::kBroken,
         AnswerFormat::kChat,
         {},
         {.fresh_input = 100,
          .output = 40,
          .provenance = Provenance::kPartial}},
        {"AnthropicsBeginIsNoCountOfTheOutput",
         Ending::kBroken,
         AnswerFormat::kMessages,
         {.fresh_input = 7, .output = 1},
         {.fresh_input = 7, .output = 40, .provenance = Provenance::kPartial}},
        {"ItsEndIs",
         Ending::kNotAwaited,
         AnswerFormat::kMessages,
         {.fresh_input = 7, .output = 38},
         {.fresh_input = 7,
          .output = 38,
          .provenance = Provenance::kCancelled}},
        {"GeminiCountsAsItGoes",
         Ending::kBroken,
         AnswerFormat::kGenerate,
         {.fresh_input = 7, .output = 3},
         {.fresh_input = 7, .output = 3, .provenance = Provenance::kPartial}},
        {"ThoughtsArePartOfWhatCame",
         Ending::kBroken,
         AnswerFormat::kMessages,
         {.fresh_input = 7, .output = 2, .reasoning = 8},
         {.fresh_input = 7,
          .output = 32,
          .reasoning = 8,
          .provenance = Provenance::kPartial}},
        {"WhoLeavesPaysForWhatCame",
         Ending::kNotAwaited,
         AnswerFormat::kChat,
         {},
         {.fresh_input = 100,
          .output = 40,
          .provenance = Provenance::kCancelled}},
        {"ARefusalIsFree",
         Ending::kNothing,
         AnswerFormat::kChat,
         {.fresh_input = 7, .output = 1},
         {}},
    }),
    [](const ::testing::TestParamInfo<SettleCase>& test) {
      return test.param.name;
    });

TEST(EstimateInputTest, FourBytesAreAToken) {
  EXPECT_EQ(EstimateInput(0, 0), 0U);
  EXPECT_EQ(EstimateInput(1, 0), 1U);
  EXPECT_EQ(EstimateInput(400, 0), 100U);
  EXPECT_EQ(EstimateInput(401, 0), 101U);
}

TEST(EstimateInputTest, NoMoreThanTheModelTakes) {
  EXPECT_EQ(EstimateInput(4'000'000, 128'000), 128'000U);
  EXPECT_EQ(EstimateInput(std::size_t{1} << 40, 0), kMaxTokens);
}

TEST(OutputMeterTest, NothingSeenIsNothing) {
  EXPECT_EQ(OutputMeter().tokens(), 0U);
}

TEST(OutputMeterTest, EventsOfOneSizeAreATokenEach) {
  OutputMeter meter;
  for (int i = 0; i < 10; ++i) meter.OnEvents(180, 1);
  EXPECT_EQ(meter.tokens(), 10U);
}

TEST(OutputMeterTest, WhatLargeEventsHaveMoreIsText) {
  OutputMeter meter;
  meter.OnEvents(100, 1);
  meter.OnEvents(100 + 400, 1);
  EXPECT_EQ(meter.tokens(), 100U);
}

TEST(OutputMeterTest, DoesNotDependOnHowBytesAreDivided) {
  OutputMeter at_once;
  at_once.OnEvents(1000, 5);
  OutputMeter in_pieces;
  for (int i = 0; i < 5; ++i) {
    in_pieces.OnEvents(150, 0);
    in_pieces.OnEvents(50, 1);
  }
  EXPECT_EQ(at_once.tokens(), 5U);
  EXPECT_EQ(in_pieces.tokens(), 5U);
}

TEST(OutputMeterTest, EventsEndWithAnEmptyLineOfEitherKind) {
  OutputMeter meter;
  meter.OnStream("data: 12345\n\ndata: 12345\n\n");
  EXPECT_EQ(meter.tokens(), 2U);
  OutputMeter carriage_returns;
  carriage_returns.OnStream("data: 1\r\n\r\ndata: 1\r\n\r\n");
  EXPECT_EQ(carriage_returns.tokens(), 2U);
}

TEST(OutputMeterTest, BodiesAreText) {
  OutputMeter meter;
  meter.OnBytes(40);
  meter.OnBytes(40);
  EXPECT_EQ(meter.tokens(), 20U);
}

}  // namespace
}  // namespace weir::dataplane
