// What the ledger gets of a process that was killed, whenever that was.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/spool/batch_file.h"
#include "dataplane/spool/boot_spool.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/slot_table.h"
#include "dataplane/usage/usage_entry.h"
#include "dataplane/usage/usage_slot.h"
#include "tests/dataplane/spool/spool_fixture.h"
#include "tests/dataplane/usage/temporary_directory.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {
namespace {

using testing::AnAnswer;
using testing::FakeLedger;
using ::testing::IsEmpty;
using testing::OpenAttempt;

constexpr std::uint64_t kKilledBoot = 0xabc;

// A process that keeps one attempt, up to the moment at which it is killed.
struct Victim {
  BootSpool& spool;
  FakeLedger& ledger;
  std::string directory;
  // Entries that are not settled when it is killed.
  std::vector<UsageEntry>& open;

  void Begin() { open.push_back(OpenAttempt(spool.table(0), spool.names())); }
  void End() {
    open.back().Settle(AnAnswer());
    open.clear();
  }
  UsageSlot& slot() { return spool.table(0).all()[0]; }
  // As a flush that is killed before it gives its slots free.
  void FlushWithoutFreeing() {
    spool.Flush();
    StoreState(slot(), BatchedBy(1));
  }
  // As one that is killed before it has written the batch.
  void MarkOnly() {
    FlushWithoutFreeing();
    std::filesystem::remove(directory + "/" + BatchFileName(1));
  }
  void Deliver() { ledger.Take(*spool.Offer()); }
};

struct KillCase {
  std::string name;
  std::function<void(Victim&)> before;
  // Attempts in the ledger after the next start, by what they say.
  std::uint64_t reported;
  std::uint64_t interrupted;
};

class KillTest : public ::testing::TestWithParam<KillCase> {
 protected:
  // The files as they are at this moment: that is what a kill leaves.
  void Kill() {
    std::filesystem::copy(live_.path(), dead_,
                          std::filesystem::copy_options::recursive);
  }
  std::unique_ptr<BootSpool> Recover() {
    std::vector<std::string> notes;
    auto recovered = BootSpool::Recover(dead_, kMaxBacklogBytes, notes);
    EXPECT_TRUE(recovered.ok()) << recovered.status();
    EXPECT_THAT(notes, IsEmpty());
    return *std::move(recovered);
  }
  // Runs the case until the kill.
  void Live() {
    auto made = BootSpool::Create(live_.path(), kKilledBoot,
                                  {.workers = 2, .slots_per_worker = 8});
    ASSERT_TRUE(made.ok()) << made.status();
    std::vector<UsageEntry> open;
    Victim victim{**made, ledger_, live_.path(), open};
    GetParam().before(victim);
    Kill();
  }
  void ExpectEachOnce() {
    EXPECT_EQ(ledger_.attempts(routing::v1::USAGE_PROVENANCE_REPORTED),
              GetParam().reported);
    EXPECT_EQ(ledger_.attempts(routing::v1::USAGE_PROVENANCE_INTERRUPTED),
              GetParam().interrupted);
  }

  const testing::TemporaryDirectory live_;
  const testing::TemporaryDirectory grave_;
  const std::string dead_ = grave_.path() + "/boot-abc";
  FakeLedger ledger_;
};

TEST_P(KillTest, EachAttemptIsInTheLedgerOnce) {
  Live();
  const auto recovered = Recover();
  ledger_.TakeAll(*recovered);
  ExpectEachOnce();
  ASSERT_TRUE(recovered->Remove().ok());
  EXPECT_FALSE(std::filesystem::exists(dead_));
}

TEST_P(KillTest, TheNextStartMayBeKilledToo) {
  Live();
  Recover();
  // Once more, before the ledger got anything and after it did.
  const auto again = Recover();
  if (const StoredBatch* batch = again->Offer()) ledger_.Take(*batch);
  const auto last = Recover();
  ledger_.TakeAll(*last);
  ExpectEachOnce();
}

INSTANTIATE_TEST_SUITE_P(
    Table, KillTest,
    ::testing::ValuesIn<KillCase>({
        {"BeforeAnyAttempt", [](Victim&) {}, 0, 0},
        {"WhileItRuns", [](Victim& v) { v.Begin(); }, 0, 1},
        {"WhileItRunsAfterAFlush",
         [](Victim& v) {
           v.Begin();
           v.spool.Flush();
         },
         0, 1},
        {"AfterItsEnd",
         [](Victim& v) {
           v.Begin();
           v.End();
         },
         1, 0},
        {"BetweenMarkAndBatch",
         [](Victim& v) {
           v.Begin();
           v.End();
           v.MarkOnly();
         },
         1, 0},
        {"BetweenBatchAndFree",
         [](Victim& v) {
           v.Begin();
           v.End();
           v.FlushWithoutFreeing();
         },
         1, 0},
        {"AfterTheFlush",
         [](Victim& v) {
           v.Begin();
           v.End();
           v.spool.Flush();
         },
         1, 0},
        {"AfterTheBatchGrew",
         [](Victim& v) {
           v.Begin();
           v.End();
           v.spool.Flush();
           v.Begin();
           v.End();
           v.spool.Flush();
           v.Begin();
         },
         2, 1},
        {"AfterTheLedgerHasItBeforeItSaysSo",
         [](Victim& v) {
           v.Begin();
           v.End();
           v.spool.Flush();
           v.Deliver();
         },
         1, 0},
        {"AfterTheLedgerHasItAndMoreCame",
         [](Victim& v) {
           v.Begin();
           v.End();
           v.spool.Flush();
           v.Deliver();
           v.Begin();
           v.End();
           v.spool.Flush();
           v.Begin();
           v.End();
         },
         3, 0},
        {"AfterTheAcknowledgement",
         [](Victim& v) {
           v.Begin();
           v.End();
           v.spool.Flush();
           v.Deliver();
           v.spool.OnAck(1);
         },
         1, 0},
        {"AfterTheAcknowledgementBeforeTheFileIsGone",
         [](Victim& v) {
           v.Begin();
           v.End();
           v.spool.Flush();
           const StoredBatch batch = *v.spool.Offer();
           v.Deliver();
           v.spool.OnAck(1);
           ASSERT_TRUE(ReplaceFile(v.directory + "/" + BatchFileName(1),
                                   EncodeBatch(batch))
                           .ok());
         },
         1, 0},
        {"AfterTheAcknowledgementWhileTheNextRuns",
         [](Victim& v) {
           v.Begin();
           v.End();
           v.spool.Flush();
           v.Deliver();
           v.spool.OnAck(1);
           v.Begin();
         },
         1, 1},
    }),
    [](const ::testing::TestParamInfo<KillCase>& test) {
      return test.param.name;
    });

}  // namespace
}  // namespace weir::dataplane
