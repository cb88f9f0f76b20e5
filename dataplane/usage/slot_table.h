// The slots of one worker.
#ifndef WEIR_DATAPLANE_USAGE_SLOT_TABLE_H_
#define WEIR_DATAPLANE_USAGE_SLOT_TABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/usage_slot.h"

namespace weir::dataplane {

// Thread safety: Take() and NoteEnd() are called on the worker's thread, the
// rest on that of whoever flushes. Neither ever waits for the other.
class SlotTable {
 public:
  // Bytes of a mapping for `count` slots.
  static std::size_t BytesFor(std::uint32_t count);

  // Makes a table of a mapping of zeros. REQUIRES: it has BytesFor(count).
  static std::unique_ptr<SlotTable> Format(Mapping mapping,
                                           std::uint64_t boot_id,
                                           std::uint32_t count);
  // A table that another process made. FAILED_PRECONDITION where the bytes are
  // none of that boot and of this version.
  static absl::StatusOr<std::unique_ptr<SlotTable>> Adopt(
      Mapping mapping, std::uint64_t boot_id);

  // The next free slot, which stays free until its state is stored; nullptr
  // when all are taken, which is counted.
  UsageSlot* Take();
  // A slot has become kEnded.
  void NoteEnd() { Bump(worker_.ended); }

  // Slots that were ever taken; the others are free.
  std::span<UsageSlot> used() {
    return slots_.first(worker_.used.load(std::memory_order_acquire));
  }
  std::span<UsageSlot> all() { return slots_; }
  std::uint64_t ended() const {
    return worker_.ended.load(std::memory_order_relaxed);
  }
  // Attempts that found no slot.
  std::uint64_t refused() const {
    return worker_.refused.load(std::memory_order_relaxed);
  }
  // Slots were made free: Take() begins anew at the first, so that a node with
  // little to do touches little memory.
  void NoteFrees() { frees_.fetch_add(1, std::memory_order_release); }

 private:
  SlotTable(Mapping mapping, std::uint32_t count);

  // One writer, so no locked instruction.
  template <typename Number>
  static void Bump(std::atomic<Number>& number) {
    number.store(number.load(std::memory_order_relaxed) + 1,
                 std::memory_order_relaxed);
  }

  const Mapping mapping_;
  const std::span<UsageSlot> slots_;

  // Of the worker: lines that only it writes.
  struct alignas(64) {
    std::uint32_t next = 0;
    std::uint64_t frees_seen = 0;
    std::atomic<std::uint32_t> used = 0;
    std::atomic<std::uint64_t> ended = 0;
    std::atomic<std::uint64_t> refused = 0;
  } worker_;
  alignas(64) std::atomic<std::uint64_t> frees_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_SLOT_TABLE_H_
