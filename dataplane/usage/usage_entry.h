// One attempt's entry in the accounts.
#ifndef WEIR_DATAPLANE_USAGE_USAGE_ENTRY_H_
#define WEIR_DATAPLANE_USAGE_USAGE_ENTRY_H_

#include <atomic>
#include <cstdint>
#include <utility>

#include "dataplane/usage/slot_table.h"
#include "dataplane/usage/usage_slot.h"

namespace weir::dataplane {

// Open from before the request is sent until Settle(). An entry that goes
// without it (an exception, a worker that ends) is settled by what was known,
// as one whose process died would be.
//
// Not thread-safe; lives on its request's coroutine, and its table longer.
class UsageEntry {
 public:
  // What all entries are where no accounts are kept.
  UsageEntry() = default;
  // Takes a slot of `table`; without one nothing is kept.
  UsageEntry(SlotTable& table, const SlotNames& names,
             std::int64_t began_unix_us, std::uint32_t input_estimate)
      : table_(&table), slot_(table.Take()) {
    if (slot_ == nullptr) return;
    slot_->began_unix_us = began_unix_us;
    slot_->names = names;
    slot_->input_estimate = input_estimate;
    slot_->output_so_far = 0;
    StoreState(*slot_, SlotState::kOpen);
  }
  UsageEntry(UsageEntry&& other) noexcept
      : table_(other.table_), slot_(std::exchange(other.slot_, nullptr)) {}
  UsageEntry& operator=(UsageEntry&&) = delete;
  ~UsageEntry() {
    if (slot_ != nullptr) Settle(EndOfOpen(*slot_));
  }

  // Tokens that came out until now.
  void OnOutput(std::uint32_t tokens) {
    if (slot_ == nullptr) return;
    std::atomic_ref(slot_->output_so_far)
        .store(tokens, std::memory_order_relaxed);
  }

  // Once.
  void Settle(const SlotEnd& end) {
    if (slot_ == nullptr) return;
    UsageSlot& slot = *std::exchange(slot_, nullptr);
    slot.end = end;
    StoreState(slot, SlotState::kEnded);
    table_->NoteEnd();
  }

  // How an attempt is settled of which nothing more will be known.
  static SlotEnd EndOfOpen(const UsageSlot& open) {
    SlotEnd end{};
    end.unix_us = open.began_unix_us;
    end.tokens[kFreshInput] = open.input_estimate;
    end.tokens[kOutput] = open.output_so_far;
    end.source = UsageSource::kInterrupted;
    return end;
  }

 private:
  SlotTable* table_ = nullptr;
  UsageSlot* slot_ = nullptr;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_USAGE_ENTRY_H_
