#include "dataplane/relay/usage_tap.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/relay/answer_format.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

constexpr std::string_view kUsageAtEnd =
    R"(data: {"usage":{"prompt_tokens":7,"completion_tokens":5}})"
    "\n\ndata: [DONE]\n\n";

UsageReading ReadBy(std::size_t step, std::string_view answer) {
  UsageTap tap(AnswerFormat::kChat);
  for (; !answer.empty(); answer.remove_prefix(std::min(step, answer.size()))) {
    tap.See(answer.substr(0, step));
  }
  return tap.Read();
}

// Wherever the pieces end.
TEST(UsageTapTest, TheEndIsReadHoweverItCame) {
  for (const std::size_t before :
       {std::size_t{0}, std::size_t{100}, kUsageTail - 50, kUsageTail,
        3 * kUsageTail, 3 * kUsageTail + 999}) {
    const std::string answer =
        std::string(before, 'x').append("\n\n").append(kUsageAtEnd);
    for (const std::size_t step :
         {std::size_t{1}, std::size_t{61}, std::size_t{1000}, kUsageTail - 1,
          kUsageTail, kUsageTail + 1, answer.size()}) {
      const UsageReading reading = ReadBy(step, answer);
      EXPECT_EQ(reading.usage.fresh_input, 7U) << before << " by " << step;
      EXPECT_EQ(reading.usage.output, 5U) << before << " by " << step;
    }
  }
}

TEST(UsageTapTest, WhatIsFurtherFromTheEndIsForgotten) {
  std::string answer(kUsageAtEnd);
  answer.append(kUsageTail, 'x');
  EXPECT_FALSE(ReadBy(100, answer).usage.output.has_value());
  EXPECT_FALSE(ReadBy(answer.size(), answer).usage.output.has_value());
}

// A name of something else, or of counts that are not there yet, hides none
// that were there before, however it comes.
TEST(UsageTapTest, OnlyCountsReplaceCounts) {
  const std::string counts(kUsageAtEnd);
  for (const std::string behind :
       {R"({"usage":null})", R"({"usage" : "none"})", R"({"kind":"usage"})",
        R"({"usage":)", R"({"usage"  )", R"({"usag)",
        R"({"said":"\"usage\":{\"completion_tokens\":9}"})"}) {
    const std::string answer = counts + behind;
    for (std::size_t step = 1; step <= answer.size(); ++step) {
      EXPECT_EQ(ReadBy(step, answer).usage.output, 5U) << behind << " " << step;
    }
  }
}

TEST(UsageTapTest, LaterCountsReplaceThoseBefore) {
  const std::string answer = std::string(kUsageAtEnd) +
                             R"(data: {"usage" : )"
                             "\r\n"
                             R"( {"prompt_tokens":8,"completion_tokens":6}})";
  for (std::size_t step = 1; step <= answer.size(); ++step) {
    EXPECT_EQ(ReadBy(step, answer).usage.output, 6U) << step;
  }
}

TEST(UsageTapTest, NothingSaysNothing) {
  EXPECT_FALSE(UsageTap(AnswerFormat::kChat).Read().usage.output.has_value());
}

}  // namespace
}  // namespace weir::dataplane
