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

// Wherever the pieces end, and wherever in its memory the tap then is.
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

TEST(UsageTapTest, NothingSaysNothing) {
  EXPECT_FALSE(UsageTap(AnswerFormat::kChat).Read().usage.output.has_value());
}

}  // namespace
}  // namespace weir::dataplane
