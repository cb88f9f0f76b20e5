#include "dataplane/spool/boot_spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/spool/batch_file.h"
#include "dataplane/usage/usage_entry.h"
#include "dataplane/usage/usage_slot.h"
#include "tests/dataplane/spool/spool_fixture.h"
#include "tests/dataplane/usage/temporary_directory.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {
namespace {

using testing::AnAnswer;
using ::testing::ElementsAre;
using testing::FakeLedger;
using testing::OpenAttempt;
using ::testing::SizeIs;

constexpr std::uint64_t kBoot = 0xabc;

class BootSpoolTest : public ::testing::Test {
 protected:
  std::unique_ptr<BootSpool> Make(const BootSpool::Shape& shape = {}) {
    auto made = BootSpool::InMemory(kBoot, shape);
    EXPECT_TRUE(made.ok()) << made.status();
    return *std::move(made);
  }
  static void Answer(BootSpool& spool, const char* client = "key",
                     absl::Duration later = {}) {
    OpenAttempt(spool.table(0), spool.names(), client).Settle(AnAnswer(later));
  }

  FakeLedger ledger_;
};

TEST_F(BootSpoolTest, WithoutAttemptsThereIsNothingToOffer) {
  const auto spool = Make();
  spool->Flush();
  EXPECT_EQ(spool->Offer(), nullptr);
}

TEST_F(BootSpoolTest, AttemptsThatAgreeAreOneRecord) {
  const auto spool = Make();
  Answer(*spool);
  Answer(*spool, "key", absl::Seconds(30));
  Answer(*spool, "other");
  Answer(*spool, "key", absl::Minutes(1));
  spool->Flush();
  ledger_.TakeAll(*spool);
  ASSERT_THAT(ledger_.records, SizeIs(3));
  const auto found = std::ranges::find(ledger_.records, 2U,
                                       &routing::v1::UsageRecord::attempts);
  ASSERT_NE(found, ledger_.records.end());
  const routing::v1::UsageRecord& record = *found;
  EXPECT_EQ(record.minute().seconds(), testing::kNow - 20);
  EXPECT_EQ(record.client_key(), "key");
  EXPECT_EQ(record.model(), "m");
  EXPECT_EQ(record.provider(), "p");
  EXPECT_EQ(record.upstream_model(), "up");
  EXPECT_EQ(record.provenance(), routing::v1::USAGE_PROVENANCE_REPORTED);
  EXPECT_EQ(record.requests(), 2U);
  EXPECT_EQ(record.failures(), 0U);
  EXPECT_EQ(record.fresh_input(), 20U);
  EXPECT_EQ(record.output(), 10U);
  EXPECT_EQ(record.latency_total_us(), 2000U);
  EXPECT_EQ(record.latency().count_size(), 1);
  EXPECT_EQ(ledger_.attempts(), 4U);
}

TEST_F(BootSpoolTest, OpenAttemptsWait) {
  const auto spool = Make();
  UsageEntry entry = OpenAttempt(spool->table(0), spool->names());
  spool->Flush();
  EXPECT_EQ(spool->Offer(), nullptr);
  entry.Settle(AnAnswer());
  spool->Flush();
  ledger_.TakeAll(*spool);
  EXPECT_EQ(ledger_.attempts(), 1U);
}

TEST_F(BootSpoolTest, SlotsAreUsedAgain) {
  const auto spool = Make({.workers = 1, .slots_per_worker = 2});
  for (int i = 0; i < 10; ++i) {
    Answer(*spool);
    Answer(*spool);
    spool->Flush();
  }
  ledger_.TakeAll(*spool);
  EXPECT_EQ(ledger_.attempts(), 20U);
  EXPECT_EQ(spool->counts().attempts_lost, 0U);
}

TEST_F(BootSpoolTest, AttemptsWithoutASlotAreCountedAsLost) {
  const auto spool = Make({.workers = 1, .slots_per_worker = 1});
  Answer(*spool);
  Answer(*spool);
  EXPECT_EQ(spool->counts().attempts_lost, 1U);
}

TEST_F(BootSpoolTest, ABatchGrowsUntilItIsOffered) {
  const auto spool = Make();
  Answer(*spool);
  spool->Flush();
  Answer(*spool);
  spool->Flush();
  EXPECT_EQ(spool->batches(), 1U);
  const StoredBatch* const offered = spool->Offer();
  ASSERT_NE(offered, nullptr);
  const StoredBatch first = *offered;
  EXPECT_EQ(first.sequence, 1U);
  Answer(*spool);
  spool->Flush();
  EXPECT_EQ(spool->batches(), 2U);
  // The same until it is acknowledged.
  EXPECT_EQ(*spool->Offer(), first);
  ledger_.TakeAll(*spool);
  EXPECT_EQ(ledger_.attempts(), 3U);
  EXPECT_EQ(spool->batches(), 0U);
  EXPECT_EQ(spool->bytes(), 0U);
}

TEST_F(BootSpoolTest, ABatchHasNoMoreRecordsThanAMessageTakes) {
  const auto spool = Make({.workers = 1, .slots_per_worker = 2000});
  for (int i = 0; i < 1201; ++i) {
    Answer(*spool, ("key-" + std::to_string(i)).c_str());
  }
  spool->Flush();
  EXPECT_EQ(spool->batches(), 3U);
  ledger_.TakeAll(*spool);
  EXPECT_THAT(ledger_.records, SizeIs(1201));
}

TEST_F(BootSpoolTest, AcknowledgementsOfWhatWasNotOfferedAreIgnored) {
  const auto spool = Make();
  Answer(*spool);
  spool->Flush();
  spool->OnAck(1);
  EXPECT_EQ(spool->batches(), 1U);
  spool->Offer();
  spool->OnAck(7);
  EXPECT_EQ(spool->batches(), 1U);
  spool->OnAck(1);
  EXPECT_EQ(spool->batches(), 0U);
}

TEST_F(BootSpoolTest, ABacklogIsSummedToHoursThenDaysThenLost) {
  // One record has some 60 bytes.
  const auto spool = Make({.max_bytes = 1000});
  std::uint64_t made = 0;
  while (spool->counts().attempts_lost == 0 && made < 100) {
    Answer(*spool, ("key-" + std::to_string(++made)).c_str());
    spool->Flush();
  }
  ASSERT_EQ(spool->counts().attempts_lost, 1U);
  ledger_.TakeAll(*spool);
  EXPECT_EQ(ledger_.attempts(), made - 1);
  std::set<std::int64_t> minutes;
  for (const auto& record : ledger_.records) {
    minutes.insert(record.minute().seconds());
  }
  EXPECT_THAT(minutes,
              ElementsAre(testing::kNow / 86400 * 86400,
                          testing::kNow / 3600 * 3600, testing::kNow - 20));
  // There is room again.
  Answer(*spool);
  spool->Flush();
  ledger_.TakeAll(*spool);
  EXPECT_EQ(ledger_.attempts(), made);
  EXPECT_EQ(ledger_.records.back().minute().seconds(), testing::kNow - 20);
}

TEST_F(BootSpoolTest, ADirectoryThatCantBeWrittenKeepsUsageInMemory) {
  const testing::TemporaryDirectory directory;
  auto made = BootSpool::Create(directory.path(), kBoot, {});
  ASSERT_TRUE(made.ok()) << made.status();
  BootSpool& spool = **made;
  // A directory in the way of the file, whoever the test runs as.
  std::filesystem::create_directory(directory.path() + "/" + BatchFileName(1));
  Answer(spool);
  spool.Flush();
  EXPECT_EQ(spool.counts().write_failures, 1U);
  std::filesystem::remove(directory.path() + "/" + BatchFileName(1));
  spool.Flush();
  EXPECT_TRUE(
      std::filesystem::exists(directory.path() + "/" + BatchFileName(1)));
  ledger_.TakeAll(spool);
  EXPECT_EQ(ledger_.attempts(), 1U);
}

}  // namespace
}  // namespace weir::dataplane
