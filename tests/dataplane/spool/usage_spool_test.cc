#include "dataplane/spool/usage_spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataplane/spool/batch_file.h"
#include "dataplane/usage/usage_entry.h"
#include "tests/dataplane/spool/spool_fixture.h"
#include "tests/dataplane/usage/temporary_directory.h"
#include "tests/testing/status_matchers.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {
namespace {

using testing::AnAnswer;
using testing::FakeLedger;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::OpenAttempt;
using testing::StatusIs;
using ::testing::UnorderedElementsAre;

namespace fs = std::filesystem;

class UsageSpoolTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<UsageSpool>> TryOpen(std::uint64_t boot_id) {
    return UsageSpool::Open({.directory = path_,
                             .boot_id = boot_id,
                             .shape = {.workers = 1, .slots_per_worker = 8}});
  }
  std::unique_ptr<UsageSpool> Open(std::uint64_t boot_id) {
    auto spool = TryOpen(boot_id);
    EXPECT_TRUE(spool.ok()) << spool.status();
    return *std::move(spool);
  }
  // A start that is killed while one attempt runs and another's answer is not
  // delivered: its files, in the directory.
  void LeaveBehind(std::uint64_t boot_id) {
    const testing::TemporaryDirectory live;
    auto spool =
        UsageSpool::Open({.directory = live.path(),
                          .boot_id = boot_id,
                          .shape = {.workers = 1, .slots_per_worker = 8}});
    ASSERT_TRUE(spool.ok()) << spool.status();
    OpenAttempt((*spool)->table(0), (*spool)->names()).Settle(AnAnswer());
    const UsageEntry open = OpenAttempt((*spool)->table(0), (*spool)->names());
    fs::create_directories(path_);
    fs::copy(live.path(), path_,
             fs::copy_options::recursive | fs::copy_options::skip_existing);
  }
  std::vector<std::string> Boots() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) {
      const std::string name = entry.path().filename().string();
      if (name != "lock") names.push_back(name);
    }
    return names;
  }

  const testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/spool";
  FakeLedger ledger_;
};

TEST_F(UsageSpoolTest, TwoProcessesDontShareADirectory) {
  const auto first = Open(1);
  EXPECT_THAT(TryOpen(2), StatusIs(absl::StatusCode::kFailedPrecondition,
                                   HasSubstr("another process uses it")));
}

TEST_F(UsageSpoolTest, APlaceThatIsNoDirectoryIsRefused) {
  std::ofstream(path_) << "a file";
  EXPECT_THAT(TryOpen(1), StatusIs(absl::StatusCode::kFailedPrecondition,
                                   HasSubstr("--usage-spool")));
}

TEST_F(UsageSpoolTest, AnEndInOrderLeavesNothing) {
  Open(1).reset();
  EXPECT_THAT(Boots(), IsEmpty());
}

TEST_F(UsageSpoolTest, WithoutADirectoryNothingOutlivesTheProcess) {
  auto spool = UsageSpool::Open({.directory = "", .boot_id = 1, .shape = {}});
  ASSERT_TRUE(spool.ok()) << spool.status();
  EXPECT_FALSE((*spool)->status().outlives_process);
  OpenAttempt((*spool)->table(0), (*spool)->names()).Settle(AnAnswer());
  (*spool)->Flush();
  ledger_.TakeAll(**spool);
  EXPECT_EQ(ledger_.attempts(), 1U);
}

TEST_F(UsageSpoolTest, EarlierStartsAreDeliveredUnderTheirOwnIds) {
  LeaveBehind(1);
  LeaveBehind(2);
  const auto spool = Open(3);
  EXPECT_EQ(spool->status().attempts_interrupted, 2U);
  EXPECT_EQ(spool->status().batches_waiting, 2U);
  OpenAttempt(spool->table(0), spool->names()).Settle(AnAnswer());
  spool->Flush();
  std::vector<std::uint64_t> boots;
  while (const StoredBatch* offered = spool->Offer()) {
    const StoredBatch batch = *offered;
    boots.push_back(batch.boot_id);
    EXPECT_EQ(batch.sequence, 1U);
    EXPECT_TRUE(ledger_.Take(batch));
    spool->OnAck(batch.boot_id, batch.sequence);
  }
  EXPECT_THAT(boots, UnorderedElementsAre(1, 2, 3));
  EXPECT_EQ(boots.back(), 3U);
  EXPECT_EQ(ledger_.attempts(routing::v1::USAGE_PROVENANCE_REPORTED), 3U);
  EXPECT_EQ(ledger_.attempts(routing::v1::USAGE_PROVENANCE_INTERRUPTED), 2U);
  // Only this start's own files are left.
  EXPECT_THAT(Boots(), UnorderedElementsAre("boot-0000000000000003"));
  EXPECT_EQ(spool->status().batches_acknowledged, 3U);
}

TEST_F(UsageSpoolTest, AcknowledgementsForUnknownStartsAreIgnored) {
  LeaveBehind(1);
  const auto spool = Open(3);
  spool->Offer();
  spool->OnAck(99, 1);
  EXPECT_EQ(spool->status().batches_waiting, 1U);
}

// What is damaged is set aside and named; what is whole is delivered.
struct DamageCase {
  std::string name;
  std::string file;
  std::uint64_t delivered;
};

class DamagedSpoolTest : public UsageSpoolTest,
                         public ::testing::WithParamInterface<DamageCase> {
 protected:
  std::string File() const {
    return path_ + "/boot-0000000000000001/" + GetParam().file;
  }
  void ExpectTheRest() {
    const auto spool = Open(3);
    ledger_.TakeAll(*spool);
    EXPECT_EQ(ledger_.attempts(), GetParam().delivered);
  }
};

TEST_P(DamagedSpoolTest, Garbage) {
  LeaveBehind(1);
  std::ofstream(File(), std::ios::trunc) << std::string(5000, 'x');
  ExpectTheRest();
}

TEST_P(DamagedSpoolTest, Empty) {
  LeaveBehind(1);
  fs::resize_file(File(), 0);
  ExpectTheRest();
}

TEST_P(DamagedSpoolTest, Missing) {
  LeaveBehind(1);
  fs::remove(File());
  ExpectTheRest();
}

INSTANTIATE_TEST_SUITE_P(
    Files, DamagedSpoolTest,
    ::testing::ValuesIn<DamageCase>({{"Page", "boot", 0},
                                     {"Slots", "slots-0", 0},
                                     // Counted, with names nobody knows.
                                     {"Names", "names", 2}}),
    [](const ::testing::TestParamInfo<DamageCase>& test) {
      return test.param.name;
    });

class BadBatchTest : public UsageSpoolTest {
 protected:
  BadBatchTest() {
    LeaveBehind(1);
    // Flushes what was left behind, and ends without an acknowledgement.
    Open(2).reset();
    EXPECT_TRUE(fs::exists(file_));
  }
  void ExpectItIsSetAside() {
    const auto spool = Open(3);
    EXPECT_EQ(spool->Offer(), nullptr);
    EXPECT_THAT(Boots(), UnorderedElementsAre("boot-0000000000000001.bad",
                                              "boot-0000000000000003"));
  }

  const std::string file_ =
      path_ + "/boot-0000000000000001/" + BatchFileName(1);
};

TEST_F(BadBatchTest, OneThatIsDamagedIsSetAside) {
  fs::resize_file(file_, fs::file_size(file_) - 1);
  ExpectItIsSetAside();
}

// Sent on, it would end each stream to the control plane.
TEST_F(BadBatchTest, OneThatIsWholeButNoBatchIsSetAside) {
  const StoredBatch garbage{{1, 1, "no message at all"}, 1};
  ASSERT_TRUE(ReplaceFile(file_, EncodeBatch(garbage)).ok());
  ExpectItIsSetAside();
}

}  // namespace
}  // namespace weir::dataplane
