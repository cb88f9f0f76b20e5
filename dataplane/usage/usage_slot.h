// What is remembered of one attempt in memory that outlives the process.
#ifndef WEIR_DATAPLANE_USAGE_USAGE_SLOT_H_
#define WEIR_DATAPLANE_USAGE_USAGE_SLOT_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace weir::dataplane {

// Free -> open (an attempt began) -> ended -> batched -> free. The worker makes
// the first two steps, whoever flushes the other two, so that each state has
// one writer.
enum class SlotState : std::uint8_t { kFree, kOpen, kEnded, kBatched };

// Where counts come from; as weir.routing.v1.UsageProvenance.
enum class UsageSource : std::uint8_t {
  kReported = 1,
  kEstimated,
  kPartial,
  kCancelled,
  kInterrupted,
};

// Numbers of names in a NameTable.
struct SlotNames {
  std::uint32_t client;
  std::uint32_t model;
  std::uint32_t provider;
  std::uint32_t upstream_model;

  friend bool operator==(const SlotNames&, const SlotNames&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const SlotNames& names) {
    return H::combine(std::move(hash), names.client, names.model,
                      names.provider, names.upstream_model);
  }
};

// Parts of a slot's tokens, in the order of weir.routing.v1.UsageRecord.
enum TokenKind : std::uint8_t {
  kFreshInput,
  kCacheRead,
  kCacheWrite5m,
  kCacheWrite1h,
  kAudioInput,
  kImageInput,
  kOutput,
  kReasoning,
  kAudioOutput,
  kImageOutput,
};
inline constexpr std::size_t kTokenKinds = 10;

// What an attempt's end says.
struct SlotEnd {
  std::int64_t unix_us;
  std::array<std::uint32_t, kTokenKinds> tokens;
  std::uint32_t unbelievable;
  // Of those whose answer the client got; 0 for the others.
  std::uint32_t latency_us;
  UsageSource source;
  // 1 or 0 each.
  std::uint8_t answered;
  std::uint8_t failed;
};

// Lies in a file that is mapped: plain data, and an offset is never a pointer.
// The parts that the worker writes for a state are other bytes than those of
// the state before, so that a slot is whole whenever the process dies.
struct alignas(64) UsageSlot {
  // SlotState in the low byte, above it the number of the flush that batched
  // it. Written last of all by release, read first by acquire.
  std::uint64_t state;

  // Written before kOpen.
  std::int64_t began_unix_us;
  SlotNames names;
  std::uint32_t input_estimate;

  // While it is open: tokens that came out so far, as far as bytes tell.
  std::uint32_t output_so_far;

  // Written before kEnded.
  SlotEnd end;
};
static_assert(sizeof(UsageSlot) == 128);
static_assert(std::is_trivially_copyable_v<UsageSlot>);
static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);

inline SlotState StateOf(std::uint64_t word) {
  return static_cast<SlotState>(word & 0xff);
}
inline std::uint64_t FlushOf(std::uint64_t word) { return word >> 8; }
inline std::uint64_t BatchedBy(std::uint64_t flush) {
  return flush << 8 | static_cast<std::uint64_t>(SlotState::kBatched);
}

inline std::uint64_t LoadState(UsageSlot& slot) {
  return std::atomic_ref(slot.state).load(std::memory_order_acquire);
}
inline void StoreState(UsageSlot& slot, std::uint64_t word) {
  std::atomic_ref(slot.state).store(word, std::memory_order_release);
}
inline void StoreState(UsageSlot& slot, SlotState state) {
  StoreState(slot, static_cast<std::uint64_t>(state));
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_USAGE_SLOT_H_
