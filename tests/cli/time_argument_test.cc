#include "cli/time_argument.h"

#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::cli {
namespace {

const absl::Time kNow =
    absl::FromCivil(absl::CivilDay(2026, 3, 8), absl::UTCTimeZone());

TEST(TimeArgumentTest, ADayATimeOrSoLongAgo) {
  EXPECT_EQ(ParseTimeArgument("2026-03-07", kNow, Counted::kBack),
            kNow - absl::Hours(24));
  EXPECT_EQ(ParseTimeArgument("2026-03-07T01:30:00Z", kNow, Counted::kBack),
            kNow - absl::Minutes(22 * 60 + 30));
  EXPECT_EQ(
      ParseTimeArgument("2026-03-08T00:00:00+02:00", kNow, Counted::kBack),
      kNow - absl::Hours(2));
  EXPECT_EQ(ParseTimeArgument("90m", kNow, Counted::kBack),
            kNow - absl::Minutes(90));
  EXPECT_EQ(ParseTimeArgument("7d", kNow, Counted::kBack),
            kNow - absl::Hours(7 * 24));
}

TEST(TimeArgumentTest, ATimeToComeIsCountedAhead) {
  EXPECT_EQ(ParseTimeArgument("90d", kNow, Counted::kAhead),
            kNow + absl::Hours(90 * 24));
  EXPECT_EQ(ParseSpan("24h"), absl::Hours(24));
}

TEST(TimeArgumentTest, WhatIsNoTimeIsRefused) {
  for (const char* text : {"", "d", "-1h", "-7d", "inf", "2026-13-01",
                           "yesterday", "7", "1.5d", "99999999999d"}) {
    EXPECT_EQ(ParseTimeArgument(text, kNow, Counted::kBack), std::nullopt)
        << text;
  }
}

}  // namespace
}  // namespace weir::cli
