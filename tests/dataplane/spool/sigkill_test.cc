// A process that is really killed, again and again, at any instruction.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>

#include "dataplane/spool/batch_file.h"
#include "dataplane/spool/usage_spool.h"
#include "dataplane/usage/usage_entry.h"
#include "tests/dataplane/spool/spool_fixture.h"
#include "tests/dataplane/usage/temporary_directory.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {
namespace {

// What outlives the process beside its spool: how many attempts it began, and
// the ledger, which has a batch as a whole or not at all.
struct Outside {
  std::atomic<std::uint64_t> began;
  std::atomic<std::uint64_t> has_begun;
  // The last sequence that was taken in the upper half, the attempts of all
  // that were taken in the lower.
  std::atomic<std::uint64_t> ledger;

  static std::uint64_t SequenceOf(std::uint64_t word) { return word >> 32; }
  static std::uint64_t AttemptsOf(std::uint64_t word) {
    return word & 0xffff'ffff;
  }
};

std::uint64_t AttemptsIn(const StoredBatch& stored) {
  routing::v1::UsageBatch batch;
  batch.ParseFromString(stored.bytes);
  std::uint64_t sum = 0;
  for (const auto& record : batch.records()) sum += record.attempts();
  return sum;
}

void Deliver(const StoredBatch& batch, Outside& outside) {
  const std::uint64_t ledger = outside.ledger.load();
  if (batch.sequence <= Outside::SequenceOf(ledger)) return;
  outside.ledger.store(batch.sequence << 32 |
                       (Outside::AttemptsOf(ledger) + AttemptsIn(batch)));
}

std::unique_ptr<UsageSpool> Open(const std::string& directory,
                                 std::uint64_t boot_id) {
  auto spool =
      UsageSpool::Open({.directory = directory,
                        .boot_id = boot_id,
                        .shape = {.workers = 1, .slots_per_worker = 64}});
  return spool.ok() ? *std::move(spool) : nullptr;
}

// Does all that a node does, as fast as it can.
[[noreturn]] void Live(const std::string& directory, Outside& outside) {
  const std::unique_ptr<UsageSpool> spool = Open(directory, 1);
  if (spool == nullptr) _exit(1);
  std::array<std::optional<UsageEntry>, 7> running;
  for (;;) {
    // Attempts that overlap: half of them are open when others are flushed.
    for (std::optional<UsageEntry>& entry : running) {
      if (entry.has_value()) entry->Settle(testing::AnAnswer());
      ++outside.began;
      entry.emplace(testing::OpenAttempt(spool->table(0), spool->names()));
      ++outside.has_begun;
      entry->OnOutput(3);
      if (&entry - running.data() == 3) spool->Flush();
    }
    if (const StoredBatch* offered = spool->Offer()) {
      const StoredBatch batch = *offered;
      Deliver(batch, outside);
      spool->OnAck(batch.boot_id, batch.sequence);
    }
  }
}

TEST(SigkillTest, EachAttemptIsInTheLedgerOnce) {
  void* const shared = mmap(nullptr, sizeof(Outside), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  for (std::uint64_t round = 0; round < 40; ++round) {
    const testing::TemporaryDirectory directory;
    Outside& outside = *new (shared) Outside();
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) Live(directory.path(), outside);
    // Another moment each round, and never the same instruction.
    while (outside.began < 1 + 13 * round) {
      int status = 0;
      ASSERT_EQ(waitpid(child, &status, WNOHANG), 0) << "it died by itself";
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const std::unique_ptr<UsageSpool> spool = Open(directory.path(), 2);
    ASSERT_NE(spool, nullptr);
    while (const StoredBatch* offered = spool->Offer()) {
      const StoredBatch batch = *offered;
      ASSERT_EQ(batch.boot_id, 1U);
      Deliver(batch, outside);
      spool->OnAck(batch.boot_id, batch.sequence);
    }
    // It may have been killed between the count and the slot.
    const std::uint64_t counted = Outside::AttemptsOf(outside.ledger);
    EXPECT_GE(counted, outside.has_begun) << "round " << round;
    EXPECT_LE(counted, outside.began) << "round " << round;
  }
  munmap(shared, sizeof(Outside));
}

}  // namespace
}  // namespace weir::dataplane
