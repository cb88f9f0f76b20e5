#include "dataplane/spool/boot_spool.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "dataplane/spool/batch_file.h"
#include "dataplane/spool/recovery_files.h"
#include "dataplane/spool/usage_sum.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/name_table.h"
#include "dataplane/usage/slot_table.h"
#include "dataplane/usage/usage_entry.h"
#include "dataplane/usage/usage_slot.h"

namespace weir::dataplane {
namespace {

constexpr char kBootMagic[8] = {'w', 'e', 'i', 'r', 'b', 'o', 'o', 't'};
constexpr std::uint64_t kBootLayout = 1;
constexpr std::size_t kPageBytes = 4096;
constexpr char kPageFile[] = "boot";
constexpr char kNamesFile[] = "names";

std::uint64_t Load(std::uint64_t& number) {
  return std::atomic_ref(number).load(std::memory_order_acquire);
}
// In this order for whoever finds the page after the process is gone.
void Store(std::uint64_t& number, std::uint64_t value) {
  std::atomic_ref(number).store(value, std::memory_order_release);
}

// Of a file that was damaged, a slot may say anything.
bool IsWhole(const SlotEnd& end) {
  return end.source >= UsageSource::kReported &&
         end.source <= UsageSource::kInterrupted;
}

}  // namespace

struct BootSpool::Page {
  char magic[8];
  std::uint64_t layout;
  std::uint64_t boot_id;
  // The last flush that was begun.
  std::uint64_t flush;
  std::uint64_t offered_sequence;
  // What the ledger has.
  std::uint64_t acked_sequence;
  std::uint64_t acked_flush;
};

BootSpool::BootSpool(std::string directory, std::uint64_t boot_id,
                     std::uint64_t max_bytes, Mapping page)
    : directory_(std::move(directory)),
      boot_id_(boot_id),
      max_bytes_(max_bytes),
      page_(std::move(page)) {}

BootSpool::Page& BootSpool::page() const {
  return *reinterpret_cast<Page*>(page_.data());
}

std::string BootSpool::PathOf(const std::string& name) const {
  return absl::StrCat(directory_, "/", name);
}

absl::StatusOr<std::unique_ptr<BootSpool>> BootSpool::InMemory(
    std::uint64_t boot_id, const Shape& shape) {
  return Create("", boot_id, shape);
}

absl::StatusOr<std::unique_ptr<BootSpool>> BootSpool::Create(
    const std::string& directory, std::uint64_t boot_id, const Shape& shape) {
  absl::StatusOr<Mapping> page =
      directory.empty()
          ? Mapping::Anonymous(kPageBytes)
          : Mapping::Create(absl::StrCat(directory, "/", kPageFile),
                            kPageBytes);
  if (!page.ok()) return page.status();
  std::unique_ptr<BootSpool> spool(
      new BootSpool(directory, boot_id, shape.max_bytes, *std::move(page)));
  Page& numbers = spool->page();
  numbers.layout = kBootLayout;
  numbers.boot_id = boot_id;
  std::memcpy(numbers.magic, kBootMagic, sizeof(kBootMagic));
  spool->names_ = directory.empty() ? std::make_unique<NameTable>()
                                    : std::make_unique<NameTable>(
                                          spool->PathOf(kNamesFile), boot_id);
  if (const absl::Status written = spool->names_->status(); !written.ok()) {
    return written;
  }
  spool->name_of_ = [names = spool->names_.get()](std::uint32_t number) {
    return names->NameOf(number);
  };
  const absl::Status made = spool->MakeTables(shape);
  if (!made.ok()) return made;
  return spool;
}

absl::Status BootSpool::MakeTables(const Shape& shape) {
  const std::size_t bytes = SlotTable::BytesFor(shape.slots_per_worker);
  for (std::uint32_t i = 0; i < shape.workers; ++i) {
    absl::StatusOr<Mapping> mapping =
        directory_.empty()
            ? Mapping::Anonymous(bytes)
            : Mapping::Create(PathOf(absl::StrCat(kSlotFiles, i)), bytes);
    if (!mapping.ok()) return mapping.status();
    tables_.push_back(SlotTable::Format(*std::move(mapping), boot_id_,
                                        shape.slots_per_worker));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<BootSpool>> BootSpool::Recover(
    const std::string& directory, std::uint64_t max_bytes,
    std::vector<std::string>& notes) {
  absl::StatusOr<Mapping> mapping =
      Mapping::Open(absl::StrCat(directory, "/", kPageFile), kPageBytes);
  if (!mapping.ok()) {
    return absl::FailedPreconditionError(mapping.status().message());
  }
  const Page& numbers = *reinterpret_cast<const Page*>(mapping->data());
  if (std::memcmp(numbers.magic, kBootMagic, sizeof(kBootMagic)) != 0 ||
      numbers.layout != kBootLayout) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory, " is not of this version of weir"));
  }
  std::unique_ptr<BootSpool> spool(new BootSpool(
      directory, numbers.boot_id, max_bytes, *std::move(mapping)));
  absl::StatusOr<std::vector<std::string>> names =
      NameTable::Read(spool->PathOf(kNamesFile), spool->boot_id_);
  if (!names.ok()) {
    notes.emplace_back(names.status().message());
    names = std::vector<std::string>{""};
  }
  spool->name_of_ = [names = *std::move(names)](std::uint32_t number) {
    return number < names.size() ? names[number] : "unknown";
  };
  spool->RecoverBatches(notes);
  spool->RecoverTables(notes);
  spool->Flush();
  return spool;
}

void BootSpool::RecoverBatches(std::vector<std::string>& notes) {
  const std::uint64_t acked = Load(page().acked_sequence);
  for (StoredBatch& batch : ReadBatches(directory_, boot_id_, notes)) {
    if (batch.sequence <= acked) {
      // The process died between the note and the file's end.
      unlink(PathOf(BatchFileName(batch.sequence)).c_str());
      continue;
    }
    bytes_ += batch.bytes.size();
    batches_.push_back({std::move(batch), true});
  }
}

void BootSpool::RecoverTables(std::vector<std::string>& notes) {
  const std::uint64_t batched_through = BatchedThrough();
  tables_ = ReadSlotTables(directory_, boot_id_, notes);
  for (const auto& table : tables_) SettleSlots(*table, batched_through);
}

// Each step leaves a slot that the next start reads the same way, should this
// one be killed here.
void BootSpool::SettleSlots(SlotTable& table, std::uint64_t batched_through) {
  for (UsageSlot& slot : table.all()) {
    const std::uint64_t word = LoadState(slot);
    switch (StateOf(word)) {
      case SlotState::kFree:
        break;
      case SlotState::kEnded:
        if (!IsWhole(slot.end)) StoreState(slot, SlotState::kFree);
        break;
      case SlotState::kOpen:
        slot.end = UsageEntry::EndOfOpen(slot);
        StoreState(slot, SlotState::kEnded);
        ++interrupted_;
        break;
      case SlotState::kBatched:
        StoreState(slot, FlushOf(word) <= batched_through || !IsWhole(slot.end)
                             ? SlotState::kFree
                             : SlotState::kEnded);
        break;
      default:
        // No state of this version: nothing is known of it.
        StoreState(slot, SlotState::kFree);
    }
  }
}

std::uint64_t BootSpool::BatchedThrough() const {
  std::uint64_t through = Load(page().acked_flush);
  for (const Kept& kept : batches_) {
    if (kept.written) through = std::max(through, kept.batch.through_flush);
  }
  return through;
}

std::uint64_t BootSpool::NextSequence() const {
  const std::uint64_t last =
      batches_.empty() ? 0 : batches_.back().batch.sequence;
  return std::max({last, Load(page().acked_sequence),
                   Load(page().offered_sequence)}) +
         1;
}

void BootSpool::Flush() {
  WriteLeftOver();
  while (FlushSome()) {
  }
}

bool BootSpool::FlushSome() {
  const std::uint64_t flush = Load(page().flush) + 1;
  UsageSum sum;
  std::vector<UsageSlot*> taken;
  bool more = false;
  for (const auto& table : tables_) {
    for (UsageSlot& slot : names_ == nullptr ? table->all() : table->used()) {
      if (StateOf(LoadState(slot)) != SlotState::kEnded) continue;
      if (!sum.Add(slot, kMaxRecordsOfBatch)) {
        more = true;
        break;
      }
      taken.push_back(&slot);
    }
  }
  if (taken.empty()) return false;
  Store(page().flush, flush);
  for (UsageSlot* slot : taken) StoreState(*slot, BatchedBy(flush));
  Keep(std::move(sum), flush);
  for (UsageSlot* slot : taken) StoreState(*slot, SlotState::kFree);
  for (const auto& table : tables_) table->NoteFrees();
  return more;
}

absl::Duration BootSpool::StepOfMinutes() const {
  if (bytes_ < max_bytes_ / 2) return absl::Minutes(1);
  return bytes_ < max_bytes_ / 4 * 3 ? absl::Hours(1) : absl::Hours(24);
}

void BootSpool::Keep(UsageSum sum, std::uint64_t flush) {
  if (bytes_ >= max_bytes_) {
    if (counts_.attempts_lost == 0) {
      spdlog::error(
          "usage that waits for the control plane fills its {} MiB: "
          "what comes now is lost",
          max_bytes_ >> 20);
    }
    counts_.attempts_lost += sum.attempts();
    return;
  }
  if (!grows_ || growing_.size() + sum.size() > kMaxRecordsOfBatch) {
    growing_ = UsageSum();
    grows_ = true;
    batches_.push_back({{{boot_id_, NextSequence(), {}}, 0}});
  }
  growing_.Merge(std::move(sum), StepOfMinutes());
  Kept& kept = batches_.back();
  bytes_ -= kept.batch.bytes.size();
  kept.batch.bytes =
      growing_.Serialize(boot_id_, kept.batch.sequence, name_of_);
  bytes_ += kept.batch.bytes.size();
  kept.batch.through_flush = flush;
  Write(kept);
}

void BootSpool::Write(Kept& kept) {
  kept.written = directory_.empty();
  if (kept.written) return;
  const absl::Status status = ReplaceFile(
      PathOf(BatchFileName(kept.batch.sequence)), EncodeBatch(kept.batch));
  kept.written = status.ok();
  if (status.ok()) return;
  // Its slots are given free all the same: a spool that can't be written must
  // not stop the accounts too.
  if (counts_.write_failures++ == 0) {
    spdlog::error("usage is kept in memory alone: {}", status.ToString());
  }
}

void BootSpool::WriteLeftOver() {
  for (Kept& kept : batches_) {
    if (kept.written) continue;
    Write(kept);
    if (!kept.written) return;
  }
}

const StoredBatch* BootSpool::Offer() {
  if (batches_.empty()) return nullptr;
  if (batches_.size() == 1) grows_ = false;
  const StoredBatch& batch = batches_.front().batch;
  Store(page().offered_sequence,
        std::max(Load(page().offered_sequence), batch.sequence));
  return &batch;
}

void BootSpool::OnAck(std::uint64_t sequence) {
  if (sequence > Load(page().offered_sequence)) return;
  std::vector<std::uint64_t> gone;
  while (!batches_.empty() && batches_.front().batch.sequence <= sequence) {
    const StoredBatch& batch = batches_.front().batch;
    Store(page().acked_flush,
          std::max(Load(page().acked_flush), batch.through_flush));
    Store(page().acked_sequence, batch.sequence);
    gone.push_back(batch.sequence);
    bytes_ -= batch.bytes.size();
    batches_.pop_front();
  }
  if (gone.empty()) return;
  counts_.batches_acknowledged += gone.size();
  if (directory_.empty()) return;
  // The note must not be older than the files on a disk after a crash.
  if (const absl::Status synced = page_.Sync(); !synced.ok()) {
    spdlog::warn("usage spool: {}", synced.ToString());
  }
  for (const std::uint64_t number : gone) {
    unlink(PathOf(BatchFileName(number)).c_str());
  }
}

absl::Status BootSpool::Remove() {
  if (directory_.empty()) return absl::OkStatus();
  std::error_code error;
  if (HasFilesSetAside(directory_)) {
    std::filesystem::rename(directory_, directory_ + kSetAside, error);
  } else {
    std::filesystem::remove_all(directory_, error);
  }
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("remove ", directory_, ": ", error.message()));
}

SpoolCounts BootSpool::counts() const {
  SpoolCounts counts = counts_;
  for (const auto& table : tables_) counts.attempts_lost += table->refused();
  return counts;
}

}  // namespace weir::dataplane
