#include "cli/time_argument.h"

#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::cli {
namespace {

const absl::Time kAskedAt =
    absl::FromCivil(absl::CivilDay(2026, 3, 8), absl::UTCTimeZone());

TEST(TimeArgumentTest, ADayATimeOrSoLongAgo) {
  EXPECT_EQ(ParseTimeArgument("2026-03-07", kAskedAt, Counted::kBack),
            kAskedAt - absl::Hours(24));
  EXPECT_EQ(ParseTimeArgument("2026-03-07T01:30:00Z", kAskedAt, Counted::kBack),
            kAskedAt - absl::Minutes(22 * 60 + 30));
  EXPECT_EQ(
      ParseTimeArgument("2026-03-08T00:00:00+02:00", kAskedAt, Counted::kBack),
      kAskedAt - absl::Hours(2));
  EXPECT_EQ(ParseTimeArgument("90m", kAskedAt, Counted::kBack),
            kAskedAt - absl::Minutes(90));
  EXPECT_EQ(ParseTimeArgument("7d", kAskedAt, Counted::kBack),
            kAskedAt - absl::Hours(7 * 24));
}

TEST(TimeArgumentTest, ATimeToComeIsCountedAhead) {
  EXPECT_EQ(ParseTimeArgument("90d", kAskedAt, Counted::kAhead),
            kAskedAt + absl::Hours(90 * 24));
  EXPECT_EQ(ParseSpan("24h"), absl::Hours(24));
}

TEST(TimeArgumentTest, WhatIsNoTimeIsRefused) {
  for (const char* text : {"", "d", "-1h", "-7d", "inf", "2026-13-01",
                           "yesterday", "7", "1.5d", "99999999999d"}) {
    EXPECT_EQ(ParseTimeArgument(text, kAskedAt, Counted::kBack), std::nullopt)
        << text;
  }
}

}  // namespace
}  // namespace weir::cli
