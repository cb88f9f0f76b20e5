// Attempts, summed by what they agree in.
#ifndef WEIR_DATAPLANE_SPOOL_USAGE_SUM_H_
#define WEIR_DATAPLANE_SPOOL_USAGE_SUM_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "dataplane/usage/usage_slot.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {

struct UsageCounts {
  std::uint64_t attempts = 0;
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  std::array<std::uint64_t, kTokenKinds> tokens = {};
  std::uint64_t unbelievable = 0;
  LatencySketch latency;
  std::uint64_t latency_total_us = 0;

  void Add(const SlotEnd& end);
  void Add(const UsageCounts& other);
};

// What one flush took out of the slots; names are numbers still.
class SlotSum {
 public:
  struct Key {
    std::int64_t minute;
    SlotNames names;
    UsageSource source;

    friend bool operator==(const Key&, const Key&) = default;
    template <typename H>
    friend H AbslHashValue(H hash, const Key& key) {
      return H::combine(std::move(hash), key.minute, key.names, key.source);
    }
  };

  // False, and nothing added, where that would make more than `most` sums.
  bool Add(const UsageSlot& slot, std::size_t most);

  const absl::flat_hash_map<Key, UsageCounts>& sums() const { return sums_; }
  std::uint64_t attempts() const { return attempts_; }

 private:
  absl::flat_hash_map<Key, UsageCounts> sums_;
  std::uint64_t attempts_ = 0;
};

// The records of one batch.
class UsageSum {
 public:
  // Adds all of `slots`. Minutes are rounded down to `step`, a multiple of a
  // minute.
  void Add(const SlotSum& slots,
           const std::function<std::string(std::uint32_t)>& name_of,
           absl::Duration step);
  std::size_t size() const { return sums_.size(); }
  void Clear() { sums_.clear(); }

  routing::v1::UsageBatch ToProto(std::uint64_t boot_id,
                                  std::uint64_t sequence) const;

 private:
  struct Key {
    std::int64_t minute;
    std::string client;
    std::string model;
    std::string provider;
    std::string upstream_model;
    UsageSource source;

    friend auto operator<=>(const Key&, const Key&) = default;
  };

  std::map<Key, UsageCounts> sums_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SPOOL_USAGE_SUM_H_
