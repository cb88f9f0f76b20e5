#include "controlplane/rpc/usage_decode.h"

#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::SizeIs;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

const absl::Time kMinute = absl::FromUnixSeconds(1'700'000'040);
const absl::Time kNow = kMinute + absl::Seconds(30);

class UsageDecodeTest : public ::testing::Test {
 protected:
  UsageDecodeTest() {
    message_.set_boot_id(42);
    message_.set_sequence(7);
  }
  routing::v1::UsageRecord& Record() {
    routing::v1::UsageRecord& record = *message_.add_records();
    record.mutable_minute()->set_seconds(absl::ToUnixSeconds(kMinute));
    record.set_client_key("demo");
    record.set_provenance(routing::v1::USAGE_PROVENANCE_REPORTED);
    return record;
  }
  UsageBatch Decode() {
    const absl::StatusOr<UsageBatch> batch =
        FromMessage(message_, kNow, misfits_);
    EXPECT_THAT(batch, IsOk());
    return batch.value_or(UsageBatch());
  }

  routing::v1::UsageBatch message_;
  UsageMisfits misfits_;
};

TEST_F(UsageDecodeTest, WhatIsSoundComesAsItIs) {
  routing::v1::UsageRecord& record = Record();
  record.set_model("m");
  record.set_provider("relay");
  record.set_upstream_model("m-1");
  record.set_provenance(routing::v1::USAGE_PROVENANCE_INTERRUPTED);
  record.set_attempts(3);
  record.set_cache_write_1h(5);
  record.set_latency_total_us(9);
  record.mutable_latency()->add_bucket(40);
  record.mutable_latency()->add_count(2);
  const UsageBatch batch = Decode();
  EXPECT_EQ(batch.boot_id, 42U);
  EXPECT_EQ(batch.sequence, 7U);
  ASSERT_THAT(batch.rows, SizeIs(1));
  const UsageRow& row = batch.rows[0];
  EXPECT_EQ(row.begin, kMinute);
  EXPECT_EQ(row.last_used, kMinute);
  EXPECT_EQ(row.series, (UsageSeries{"demo", "m", "relay", "m-1",
                                     UsageProvenance::kInterrupted}));
  EXPECT_EQ(row.sums.attempts, 3U);
  EXPECT_EQ(row.sums.cache_write_1h, 5U);
  EXPECT_EQ(row.sums.latency_total_us, 9U);
  EXPECT_EQ(row.sums.latency.count(), 2U);
  EXPECT_EQ(misfits_.minutes + misfits_.names + misfits_.counts +
                misfits_.latencies + misfits_.records,
            0U);
}

TEST_F(UsageDecodeTest, ABatchWithoutANumberIsNone) {
  message_.set_sequence(0);
  EXPECT_THAT(FromMessage(message_, kNow, misfits_),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(UsageDecodeTest, MinutesThatCantBeTrueAreNow) {
  for (const std::int64_t seconds :
       {std::int64_t{0}, absl::ToUnixSeconds(kNow) + 301,
        absl::ToUnixSeconds(kNow) - 401 * 86'400,
        std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()}) {
    Record().mutable_minute()->set_seconds(seconds);
  }
  for (const UsageRow& row : Decode().rows) EXPECT_EQ(row.begin, kMinute);
  EXPECT_EQ(misfits_.minutes, 5U);
}

TEST_F(UsageDecodeTest, AMinuteOfASpoolIsItsOwn) {
  const absl::Time earlier = kMinute - absl::Hours(24 * 30);
  Record().mutable_minute()->set_seconds(absl::ToUnixSeconds(earlier) + 59);
  EXPECT_EQ(Decode().rows.at(0).begin, earlier);
}

TEST_F(UsageDecodeTest, NamesAreCutAndCleaned) {
  Record().set_client_key(std::string(256, 'x'));
  Record().set_model(std::string(254, 'x') + "\xC3\xA9");
  Record().set_provider("a\nb\x7F");
  const UsageBatch batch = Decode();
  EXPECT_EQ(batch.rows[0].series.client_key, std::string(255, 'x'));
  EXPECT_EQ(batch.rows[1].series.model, std::string(254, 'x'))
      << "no half letter";
  EXPECT_EQ(batch.rows[2].series.provider, "a b ");
  EXPECT_EQ(misfits_.names, 2U);
}

TEST_F(UsageDecodeTest, AbsurdCountsAreCut) {
  routing::v1::UsageRecord& record = Record();
  record.set_output(std::numeric_limits<std::uint64_t>::max());
  record.set_attempts(kMaxRecordCount);
  record.set_latency_total_us(kMaxRecordLatency + 1);
  const UsageBatch batch = Decode();
  EXPECT_EQ(batch.rows[0].sums.output, kMaxRecordCount);
  EXPECT_EQ(batch.rows[0].sums.attempts, kMaxRecordCount);
  EXPECT_EQ(batch.rows[0].sums.latency_total_us, kMaxRecordLatency);
  EXPECT_EQ(misfits_.counts, 2U);
}

TEST_F(UsageDecodeTest, LatenciesThatMakeNoSenseAreLeftOut) {
  Record().mutable_latency()->add_bucket(1);  // No count.
  routing::v1::LatencySketch& beyond = *Record().mutable_latency();
  beyond.add_bucket(144);
  beyond.add_count(1);
  routing::v1::LatencySketch& absurd = *Record().mutable_latency();
  absurd.add_bucket(1);
  absurd.add_count(kMaxRecordCount + 1);
  for (const UsageRow& row : Decode().rows) {
    EXPECT_EQ(row.sums.latency.count(), 0U);
  }
  EXPECT_EQ(misfits_.latencies, 3U);
}

TEST_F(UsageDecodeTest, AnUnknownProvenanceIsNoReport) {
  Record().set_provenance(static_cast<routing::v1::UsageProvenance>(99));
  EXPECT_EQ(Decode().rows.at(0).series.provenance, UsageProvenance::kEstimated);
}

TEST_F(UsageDecodeTest, ABatchHasSoManyRecords) {
  for (int i = 0; i < kMaxRecords + 3; ++i) message_.add_records();
  EXPECT_THAT(Decode().rows, SizeIs(kMaxRecords));
  EXPECT_EQ(misfits_.records, 3U);
}

}  // namespace
}  // namespace weir::controlplane
