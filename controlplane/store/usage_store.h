// What was used, as it is kept: sums by time and name, and prices as they were.
#ifndef WEIR_CONTROLPLANE_STORE_USAGE_STORE_H_
#define WEIR_CONTROLPLANE_STORE_USAGE_STORE_H_

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "weir/config/v1/price.pb.h"

namespace weir::controlplane {

// Where token counts come from; the numbers are stored.
enum class UsageProvenance : std::uint8_t {
  kReported = 1,
  kEstimated = 2,
  kPartial = 3,
  kCancelled = 4,
  kInterrupted = 5,
};

// What usage is added up by.
struct UsageSeries {
  std::string client_key = {};
  // Empty where the provider was addressed.
  std::string model = {};
  std::string provider = {};
  std::string upstream_model = {};
  UsageProvenance provenance = UsageProvenance::kReported;

  friend auto operator<=>(const UsageSeries&, const UsageSeries&) = default;
};

// As in weir.routing.v1.UsageRecord. No count ever exceeds kMaxUsageCount.
struct UsageSums {
  std::uint64_t attempts = 0;
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  std::uint64_t fresh_input = 0;
  std::uint64_t cache_read = 0;
  std::uint64_t cache_write_5m = 0;
  std::uint64_t cache_write_1h = 0;
  std::uint64_t audio_input = 0;
  std::uint64_t image_input = 0;
  std::uint64_t output = 0;
  std::uint64_t reasoning = 0;
  std::uint64_t audio_output = 0;
  std::uint64_t image_output = 0;
  std::uint64_t unbelievable = 0;
  std::uint64_t latency_total_us = 0;
  LatencySketch latency = {};
};

// All of them, in the order of their columns.
inline constexpr std::array<std::uint64_t UsageSums::*, 15> kUsageCounts = {
    &UsageSums::attempts,        &UsageSums::requests,
    &UsageSums::failures,        &UsageSums::fresh_input,
    &UsageSums::cache_read,      &UsageSums::cache_write_5m,
    &UsageSums::cache_write_1h,  &UsageSums::audio_input,
    &UsageSums::image_input,     &UsageSums::output,
    &UsageSums::reasoning,       &UsageSums::audio_output,
    &UsageSums::image_output,    &UsageSums::unbelievable,
    &UsageSums::latency_total_us};

// Half of what databases have for whole numbers, so that no sum overflows them.
inline constexpr std::uint64_t kMaxUsageCount = std::uint64_t{1} << 62;

// Adds up, at most to kMaxUsageCount.
void AddUsage(const UsageSums& more, UsageSums& sums);

// Where in time a row stands.
enum class UsageSpan : std::uint32_t {
  kMinute = 60,
  kHour = 3600,
  kDay = 86'400,
};

struct UsageRow {
  // On the wall clock; to the second.
  absl::Time begin;
  UsageSpan span = UsageSpan::kMinute;
  // The latest minute that is in it.
  absl::Time last_used;
  UsageSeries series;
  UsageSums sums;
};

// What a node sent under one sequence of one of its boots.
struct UsageBatch {
  // Random, so that it alone tells processes apart.
  std::uint64_t boot_id = 0;
  // 1 or more.
  std::uint64_t sequence = 0;
  // Who sent it, for people: a spool may have moved to another node.
  std::string node;
  // Of minutes.
  std::vector<UsageRow> rows;
};

// What became of a batch.
struct KeptBatch {
  // False: all of it was there already.
  bool is_new = false;
  // Batches of its boot between the last one that was kept and this one. Of a
  // boot that is new here nobody can tell: 0.
  std::uint64_t missing = 0;

  friend bool operator==(const KeptBatch&, const KeptBatch&) = default;
};

// The price that a target had of its own from a time on.
struct StoredPrice {
  // Empty: where none of the models says otherwise.
  std::string model;
  std::string provider;
  std::string upstream_model;
  // To the second; nullopt: as far back as there is usage.
  std::optional<absl::Time> from;
  // nullopt: none of its own.
  std::optional<config::v1::Price> price;
};

struct RollUpStep {
  UsageSpan from;
  UsageSpan to;
  // Rows of what begins before.
  absl::Time before;
  // Begin of the time in which what holds at `begin` costs the same; rows are
  // not added up across it, so that no sum of money changes. Never later than
  // `begin`.
  std::function<absl::Time(const UsageSeries&, absl::Time begin)> price_begin;
};

// Thread safety: every method may be called from any thread; each may wait for
// a disk, and Read() keeps nobody from writing.
//
// Errors as those of Store. After an error nothing of the failed call is kept.
class UsageStore {
 public:
  virtual ~UsageStore() = default;

  // Adds what is new of these to the sums, in one transaction; one answer a
  // batch, in their order. Durable when it returns OK. `now` is the wall
  // clock's.
  virtual absl::StatusOr<std::vector<KeptBatch>> Keep(
      const std::vector<UsageBatch>& batches, absl::Time now) = 0;

  // Rows that begin in [since, until), in any order.
  virtual absl::Status Read(
      absl::Time since, absl::Time until,
      const std::function<void(const UsageRow&)>& visit) = 0;

  // Adds up the oldest such rows, of one row of the wider span, in one
  // transaction. False: there were none.
  virtual absl::StatusOr<bool> RollUp(const RollUpStep& step) = 0;

  // Forgets boots of which nothing came since. They must not send again what
  // they sent before.
  virtual absl::Status ForgetBoots(absl::Time before) = 0;

  // In the order of their times; those without one first.
  virtual absl::StatusOr<std::vector<StoredPrice>> LoadPrices() = 0;
  virtual absl::Status SavePrices(const std::vector<StoredPrice>& prices) = 0;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_USAGE_STORE_H_
