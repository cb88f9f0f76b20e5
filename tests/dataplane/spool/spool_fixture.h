// A spool, attempts in it, and the ledger that gets them.
#ifndef WEIR_TESTS_DATAPLANE_SPOOL_SPOOL_FIXTURE_H_
#define WEIR_TESTS_DATAPLANE_SPOOL_SPOOL_FIXTURE_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/spool/batch_file.h"
#include "dataplane/usage/name_table.h"
#include "dataplane/usage/slot_table.h"
#include "dataplane/usage/usage_entry.h"
#include "dataplane/usage/usage_slot.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::testing {

// 2023-11-14T22:13:20Z; its minute begins 20 s before.
inline constexpr std::int64_t kNow = 1'700'000'000;

// Takes each batch once, as the control plane's ledger does.
class FakeLedger {
 public:
  // False for one that it has.
  bool Take(const dataplane::StoredBatch& stored) {
    std::uint64_t& seen = seen_[stored.boot_id];
    if (stored.sequence <= seen) return false;
    seen = stored.sequence;
    routing::v1::UsageBatch batch;
    batch.ParseFromString(stored.bytes);
    for (const auto& record : batch.records()) records.push_back(record);
    return true;
  }
  // Takes and acknowledges all that `spool` offers.
  template <typename Spool>
  void TakeAll(Spool& spool) {
    while (const dataplane::StoredBatch* batch = spool.Offer()) {
      const dataplane::StoredBatch taken = *batch;
      Take(taken);
      Acknowledge(spool, taken);
    }
  }

  std::uint64_t attempts() const {
    std::uint64_t sum = 0;
    for (const auto& record : records) sum += record.attempts();
    return sum;
  }
  std::uint64_t attempts(routing::v1::UsageProvenance provenance) const {
    std::uint64_t sum = 0;
    for (const auto& record : records) {
      if (record.provenance() == provenance) sum += record.attempts();
    }
    return sum;
  }
  std::uint64_t output() const {
    std::uint64_t sum = 0;
    for (const auto& record : records) sum += record.output();
    return sum;
  }

  std::vector<routing::v1::UsageRecord> records;

 private:
  template <typename Spool>
  static void Acknowledge(Spool& spool, const dataplane::StoredBatch& batch) {
    if constexpr (requires { spool.OnAck(batch.sequence); }) {
      spool.OnAck(batch.sequence);
    } else {
      spool.OnAck(batch.boot_id, batch.sequence);
    }
  }

  std::map<std::uint64_t, std::uint64_t> seen_;
};

// One attempt of client `client` for 10 tokens, which has not ended.
inline dataplane::UsageEntry OpenAttempt(dataplane::SlotTable& table,
                                         dataplane::NameTable& names,
                                         const char* client = "key") {
  return {table,
          {names.NumberOf(client), names.NumberOf("m"), names.NumberOf("p"),
           names.NumberOf("up")},
          kNow * 1'000'000,
          10};
}

// Its answer: 5 tokens, after a millisecond.
inline dataplane::SlotEnd AnAnswer(absl::Duration later = {}) {
  dataplane::SlotEnd end{};
  end.unix_us = kNow * 1'000'000 + absl::ToInt64Microseconds(later);
  end.tokens[dataplane::kFreshInput] = 10;
  end.tokens[dataplane::kOutput] = 5;
  end.latency_us = 1000;
  end.answered = 1;
  end.source = dataplane::UsageSource::kReported;
  return end;
}

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_SPOOL_SPOOL_FIXTURE_H_
