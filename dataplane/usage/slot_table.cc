#include "dataplane/usage/slot_table.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/usage_slot.h"

namespace weir::dataplane {
namespace {

// Grows with each change of what stands in the file.
constexpr std::uint32_t kLayout = 1;
constexpr char kSlotMagic[8] = {'w', 'e', 'i', 'r', 's', 'l', 'o', 't'};
// A page, so that slots begin on one.
constexpr std::size_t kSlotHeaderBytes = 4096;

struct Header {
  char magic[8];
  std::uint32_t layout;
  std::uint32_t slot_bytes;
  std::uint64_t boot_id;
  std::uint64_t count;
};

std::span<UsageSlot> SlotsIn(const Mapping& mapping, std::uint32_t count) {
  return {reinterpret_cast<UsageSlot*>(mapping.data() + kSlotHeaderBytes),
          count};
}

}  // namespace

std::size_t SlotTable::BytesFor(std::uint32_t count) {
  return kSlotHeaderBytes + std::size_t{count} * sizeof(UsageSlot);
}

SlotTable::SlotTable(Mapping mapping, std::uint32_t count)
    : mapping_(std::move(mapping)), slots_(SlotsIn(mapping_, count)) {}

std::unique_ptr<SlotTable> SlotTable::Format(Mapping mapping,
                                             std::uint64_t boot_id,
                                             std::uint32_t count) {
  Header header{{}, kLayout, sizeof(UsageSlot), boot_id, count};
  std::memcpy(header.magic, kSlotMagic, sizeof(kSlotMagic));
  std::memcpy(mapping.data(), &header, sizeof(header));
  return std::unique_ptr<SlotTable>(new SlotTable(std::move(mapping), count));
}

absl::StatusOr<std::unique_ptr<SlotTable>> SlotTable::Adopt(
    Mapping mapping, std::uint64_t boot_id) {
  Header header{};
  if (mapping.size() < kSlotHeaderBytes) {
    return absl::FailedPreconditionError("cut short");
  }
  std::memcpy(&header, mapping.data(), sizeof(header));
  if (std::memcmp(header.magic, kSlotMagic, sizeof(kSlotMagic)) != 0) {
    return absl::FailedPreconditionError("not a file of slots");
  }
  if (header.layout != kLayout || header.slot_bytes != sizeof(UsageSlot)) {
    return absl::FailedPreconditionError("written by another version");
  }
  if (header.boot_id != boot_id) {
    return absl::FailedPreconditionError("of another process");
  }
  if (header.count > (mapping.size() - kSlotHeaderBytes) / sizeof(UsageSlot)) {
    return absl::FailedPreconditionError("cut short");
  }
  const auto count = static_cast<std::uint32_t>(header.count);
  return std::unique_ptr<SlotTable>(new SlotTable(std::move(mapping), count));
}

UsageSlot* SlotTable::Take() {
  const std::uint64_t frees = frees_.load(std::memory_order_acquire);
  if (frees != worker_.frees_seen) {
    worker_.frees_seen = frees;
    worker_.next = 0;
  }
  while (worker_.next < slots_.size()) {
    UsageSlot& slot = slots_[worker_.next++];
    if (StateOf(LoadState(slot)) != SlotState::kFree) continue;
    if (worker_.next > worker_.used.load(std::memory_order_relaxed)) {
      worker_.used.store(worker_.next, std::memory_order_release);
    }
    return &slot;
  }
  Bump(worker_.refused);
  return nullptr;
}

}  // namespace weir::dataplane
