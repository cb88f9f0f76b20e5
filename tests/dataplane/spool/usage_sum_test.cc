#include "dataplane/spool/usage_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "dataplane/usage/usage_slot.h"
#include "tests/dataplane/spool/spool_fixture.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {
namespace {

constexpr std::size_t kMany = 100;

UsageSlot Answered(std::uint32_t client, absl::Duration later = {},
                   absl::Duration latency = absl::Milliseconds(1)) {
  UsageSlot slot{};
  slot.names = {client, 2, 3, 4};
  slot.end = testing::AnAnswer(later);
  slot.end.latency_us =
      static_cast<std::uint32_t>(absl::ToInt64Microseconds(latency));
  return slot;
}

// In the order of clients and minutes.
std::vector<routing::v1::UsageRecord> RecordsOf(const UsageSum& sum) {
  routing::v1::UsageBatch batch;
  EXPECT_TRUE(
      batch.ParseFromString(sum.Serialize(7, 3, [](std::uint32_t number) {
        return "name" + std::to_string(number);
      })));
  EXPECT_EQ(batch.boot_id(), 7U);
  EXPECT_EQ(batch.sequence(), 3U);
  std::vector<routing::v1::UsageRecord> records(batch.records().begin(),
                                                batch.records().end());
  std::ranges::sort(records, {}, [](const routing::v1::UsageRecord& record) {
    return std::pair(record.client_key(), record.minute().seconds());
  });
  return records;
}

TEST(UsageSumTest, AttemptsThatAgreeBecomeARecord) {
  UsageSum sum;
  for (const std::uint32_t client : {1, 1, 5}) {
    EXPECT_TRUE(sum.Add(Answered(client), kMany));
  }
  EXPECT_EQ(sum.attempts(), 3U);
  const auto records = RecordsOf(sum);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].client_key(), "name1");
  EXPECT_EQ(records[0].model(), "name2");
  EXPECT_EQ(records[0].provider(), "name3");
  EXPECT_EQ(records[0].upstream_model(), "name4");
  EXPECT_EQ(records[0].minute().seconds(), testing::kNow - 20);
  EXPECT_EQ(records[0].attempts(), 2U);
  EXPECT_EQ(records[0].fresh_input(), 20U);
  EXPECT_EQ(records[0].output(), 10U);
  EXPECT_EQ(records[1].client_key(), "name5");
  EXPECT_EQ(records[1].attempts(), 1U);
}

TEST(UsageSumTest, WhatIsMoreThanItMayHaveIsRefused) {
  UsageSum sum;
  EXPECT_TRUE(sum.Add(Answered(1), 1));
  EXPECT_FALSE(sum.Add(Answered(2), 1));
  EXPECT_TRUE(sum.Add(Answered(1), 1));
  EXPECT_EQ(sum.size(), 1U);
  EXPECT_EQ(sum.attempts(), 2U);
}

TEST(UsageSumTest, LatenciesStandInTheBucketsOfASketch) {
  const absl::Duration slow = absl::Seconds(3);
  UsageSum sum;
  // Whoever reads them refuses indexes that don't grow.
  sum.Add(Answered(1, {}, slow), kMany);
  sum.Add(Answered(1), kMany);
  UsageSum more;
  more.Add(Answered(1, {}, slow), kMany);
  sum.Merge(std::move(more), absl::Minutes(1));
  const auto records = RecordsOf(sum);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].latency_total_us(), 6'001'000U);
  const auto& latency = records[0].latency();
  ASSERT_EQ(latency.bucket_size(), 2);
  EXPECT_EQ(latency.bucket(0), 0U);
  EXPECT_EQ(latency.count(0), 1U);
  EXPECT_EQ(latency.bucket(1), LatencySketch::BucketOf(slow));
  EXPECT_EQ(latency.count(1), 2U);
}

TEST(UsageSumTest, MinutesAreRoundedToTheStepThatThereIsRoomFor) {
  const auto merged = [](absl::Duration step) {
    UsageSum all;
    for (const absl::Duration later :
         {absl::ZeroDuration(), absl::Minutes(1), absl::Hours(2)}) {
      UsageSum sum;
      sum.Add(Answered(1, later), kMany);
      all.Merge(std::move(sum), step);
    }
    EXPECT_EQ(all.attempts(), 3U);
    return RecordsOf(all);
  };
  EXPECT_EQ(merged(absl::Minutes(1)).size(), 3U);
  const auto hours = merged(absl::Hours(1));
  ASSERT_EQ(hours.size(), 2U);
  EXPECT_EQ(hours[0].minute().seconds() % 3600, 0);
  EXPECT_EQ(hours[0].attempts(), 2U);
  EXPECT_EQ(hours[1].attempts(), 1U);
}

}  // namespace
}  // namespace weir::dataplane
