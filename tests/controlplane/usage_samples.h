// Rows of usage for tests.
#ifndef WEIR_TESTS_CONTROLPLANE_USAGE_SAMPLES_H_
#define WEIR_TESTS_CONTROLPLANE_USAGE_SAMPLES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {

// Midnight of a day, UTC.
inline absl::Time Midnight(int month, int day) {
  return absl::FromCivil(absl::CivilDay(2026, month, day), absl::UTCTimeZone());
}

// One minute of `demo` asking `m` and being answered by relay/m.
inline UsageRow Minute(absl::Time begin, UsageSums sums = {}) {
  UsageRow row;
  row.begin = begin;
  row.last_used = begin;
  row.series = {.client_key = "demo",
                .model = "m",
                .provider = "relay",
                .upstream_model = "m"};
  row.sums = std::move(sums);
  return row;
}

inline UsageBatch Batch(std::uint64_t boot_id, std::uint64_t sequence,
                        std::vector<UsageRow> rows = {}) {
  UsageBatch batch;
  batch.boot_id = boot_id;
  batch.sequence = sequence;
  batch.node = "node-1";
  batch.rows = std::move(rows);
  return batch;
}

// Rows of a store from [since, until).
inline std::vector<UsageRow> RowsOf(
    UsageStore& store, absl::Time since = absl::UnixEpoch(),
    absl::Time until = absl::FromUnixSeconds(4'000'000'000)) {
  std::vector<UsageRow> rows;
  store.Read(since, until, [&](const UsageRow& row) { rows.push_back(row); })
      .IgnoreError();
  return rows;
}

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_USAGE_SAMPLES_H_
