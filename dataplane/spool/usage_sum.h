// Attempts, summed by what they agree in.
#ifndef WEIR_DATAPLANE_SPOOL_USAGE_SUM_H_
#define WEIR_DATAPLANE_SPOOL_USAGE_SUM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/time/time.h"
#include "dataplane/usage/usage_slot.h"

namespace weir::dataplane {

// Of latencies, those buckets of a LatencySketch that are not empty: of a
// second's sums, which may be tens of thousands, most have one.
class FewLatencies {
 public:
  struct Bucket {
    std::size_t index;
    std::uint64_t count;
  };
  using Buckets = absl::InlinedVector<Bucket, 1>;

  void Add(std::size_t bucket, std::uint64_t count);
  void Merge(const FewLatencies& other);

  // Each once, their indexes growing, as in weir.routing.v1.LatencySketch.
  const Buckets& buckets() const { return buckets_; }

 private:
  Buckets buckets_;
};

struct UsageCounts {
  std::uint64_t attempts = 0;
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  std::array<std::uint64_t, kTokenKinds> tokens = {};
  std::uint64_t unbelievable = 0;
  FewLatencies latency;
  std::uint64_t latency_total_us = 0;

  void Add(const SlotEnd& end);
  void Add(const UsageCounts& other);
};

// Names are numbers, until it is written.
class UsageSum {
 public:
  // False, and nothing added, where that would make more than `most` sums.
  bool Add(const UsageSlot& slot, std::size_t most);
  // Adds all of `other`. Minutes are rounded down to `step`, a multiple of a
  // minute.
  void Merge(UsageSum other, absl::Duration step);

  // Sums, and the attempts in them.
  std::size_t size() const { return sums_.size(); }
  std::uint64_t attempts() const { return attempts_; }

  // What NameTable::NameOf() gives.
  using NameOf = std::function<std::string(std::uint32_t)>;
  // A weir.routing.v1.UsageBatch with a record for each sum, in no order.
  std::string Serialize(std::uint64_t boot_id, std::uint64_t sequence,
                        const NameOf& name_of) const;

 private:
  struct Key {
    // Seconds since 1970.
    std::int64_t minute;
    SlotNames names;
    UsageSource source;

    friend bool operator==(const Key&, const Key&) = default;
    template <typename H>
    friend H AbslHashValue(H hash, const Key& key) {
      return H::combine(std::move(hash), key.minute, key.names, key.source);
    }
  };

  absl::flat_hash_map<Key, UsageCounts> sums_;
  std::uint64_t attempts_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SPOOL_USAGE_SUM_H_
