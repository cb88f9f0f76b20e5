#include "controlplane/ledger/ledger.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace weir::controlplane {
namespace {

// In one transaction, so that a long queue holds the write lock for moments.
constexpr std::size_t kRowsInAGroup = 5000;
// Wide rows made by one RollUp() of each kind: a day of minutes twice over.
constexpr int kRollUpsAtOnce = 48;
// A node's spool that is older than this is counted again if it comes again.
constexpr absl::Duration kBootsKept = absl::Hours(400 * 24);

}  // namespace

Ledger::Ledger(UsageStore& store, const Clock& clock, UsageRetention retention)
    : store_(store),
      clock_(clock),
      retention_(retention),
      list_(std::make_shared<const config::PriceList>(
          config::PriceList::Entries())) {}

absl::Status Ledger::Load() {
  absl::StatusOr<std::vector<StoredPrice>> stored = store_.LoadPrices();
  if (!stored.ok()) return stored.status();
  MutexLock lock(&mutex_);
  prices_ = OwnPrices(*stored);
  return absl::OkStatus();
}

void Ledger::SetResources(const config::v1::Resources& resources) {
  MutexLock lock(&mutex_);
  list_ = std::make_shared<const config::PriceList>(resources.prices());
  std::vector<StoredPrice> changes =
      prices_.Follow(resources, clock_.WallNow());
  std::ranges::move(changes, std::back_inserter(unsaved_prices_));
}

bool Ledger::Offer(SenderId sender, UsageBatch batch) {
  const std::pair<std::uint64_t, std::uint64_t> key = {batch.boot_id,
                                                       batch.sequence};
  MutexLock lock(&mutex_);
  if (const auto known = waiting_.find(key); known != waiting_.end()) {
    // It was sent again: who did wants to know.
    known->second.sender = sender;
    return true;
  }
  if (!waiting_.empty() &&
      stats_.waiting_rows + batch.rows.size() > kMaxWaitingRows) {
    ++stats_.refused;
    refused_some_ = true;
    return false;
  }
  stats_.waiting_rows += batch.rows.size();
  waiting_.emplace(key, Waiting{sender, std::move(batch)});
  return true;
}

void Ledger::Write() {
  if (clock_.Now() < next_try_) return;
  absl::Status written = WritePrices();
  if (written.ok()) written = WriteBatches();
  NoteOutcome(written);
}

absl::Status Ledger::WritePrices() {
  std::vector<StoredPrice> unsaved;
  {
    MutexLock lock(&mutex_);
    unsaved = std::exchange(unsaved_prices_, {});
  }
  if (unsaved.empty()) return absl::OkStatus();
  absl::Status saved = store_.SavePrices(unsaved);
  if (saved.ok()) return saved;
  MutexLock lock(&mutex_);
  std::ranges::move(unsaved_prices_, std::back_inserter(unsaved));
  unsaved_prices_ = std::move(unsaved);
  return saved;
}

absl::Status Ledger::WriteBatches() {
  for (;;) {
    std::vector<Waiting> group = TakeGroup();
    if (group.empty()) return absl::OkStatus();
    std::vector<UsageBatch> batches;
    batches.reserve(group.size());
    for (Waiting& waiting : group) batches.push_back(std::move(waiting.batch));
    absl::StatusOr<std::vector<KeptBatch>> kept =
        store_.Keep(batches, clock_.WallNow());
    for (std::size_t i = 0; i < group.size(); ++i) {
      group[i].batch = std::move(batches[i]);
    }
    if (!kept.ok()) {
      PutBack(std::move(group));
      return kept.status();
    }
    NoteKept(group, *kept);
  }
}

std::vector<Ledger::Waiting> Ledger::TakeGroup() {
  MutexLock lock(&mutex_);
  std::vector<Waiting> group;
  std::size_t rows = 0;
  while (!waiting_.empty() && rows < kRowsInAGroup) {
    const auto first = waiting_.begin();
    rows += first->second.batch.rows.size();
    group.push_back(std::move(first->second));
    waiting_.erase(first);
  }
  return group;
}

void Ledger::PutBack(std::vector<Waiting> group) {
  MutexLock lock(&mutex_);
  for (Waiting& waiting : group) {
    const std::size_t rows = waiting.batch.rows.size();
    const auto [place, is_new] = waiting_.try_emplace(
        {waiting.batch.boot_id, waiting.batch.sequence}, std::move(waiting));
    // It came again meanwhile, and was counted again.
    if (!is_new) stats_.waiting_rows -= rows;
  }
}

void Ledger::NoteKept(const std::vector<Waiting>& group,
                      const std::vector<KeptBatch>& kept) {
  // The last of each boot stands for those before.
  std::map<std::pair<SenderId, std::uint64_t>, std::uint64_t> reached;
  {
    MutexLock lock(&mutex_);
    for (std::size_t i = 0; i < group.size(); ++i) {
      const UsageBatch& batch = group[i].batch;
      stats_.waiting_rows -= batch.rows.size();
      ++(kept[i].is_new ? stats_.kept : stats_.repeated);
      if (kept[i].is_new) stats_.rows += batch.rows.size();
      stats_.missing += kept[i].missing;
      reached[{group[i].sender, batch.boot_id}] = batch.sequence;
    }
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (kept[i].missing == 0) continue;
    spdlog::error(
        "usage is missing: {} batches of node {} (boot {:016x}) before its "
        "batch {} never came",
        kept[i].missing, group[i].batch.node, group[i].batch.boot_id,
        group[i].batch.sequence);
  }
  for (std::size_t i = 0; on_rows_ && i < group.size(); ++i) {
    if (kept[i].is_new) on_rows_(group[i].batch.rows);
  }
  for (const auto& [source, sequence] : reached) {
    listener_.on_kept(source.first, source.second, sequence);
  }
}

void Ledger::NoteOutcome(const absl::Status& written) {
  bool has_room = false;
  {
    MutexLock lock(&mutex_);
    if (written.ok()) {
      has_room = std::exchange(refused_some_, false);
      if (failing_since_.has_value()) spdlog::info("usage is stored again");
      failing_since_.reset();
      stats_.failure.clear();
    } else {
      ++stats_.errors;
      stats_.failure = std::string(written.message());
      // Once in a row is enough.
      if (!failing_since_.has_value()) {
        spdlog::error("usage can't be stored, and waits: {}", stats_.failure);
        failing_since_ = clock_.Now();
      }
    }
  }
  if (!written.ok()) next_try_ = clock_.Now() + kRetryAfter;
  if (has_room) listener_.on_room();
}

void Ledger::RollUp() {
  std::shared_ptr<const config::PriceList> list;
  {
    MutexLock lock(&mutex_);
    list = list_;
  }
  RollUp(UsageSpan::kMinute, UsageSpan::kHour, retention_.minutes, *list);
  RollUp(UsageSpan::kHour, UsageSpan::kDay, retention_.hours, *list);
  store_.ForgetBoots(clock_.WallNow() - kBootsKept).IgnoreError();
}

void Ledger::RollUp(UsageSpan from, UsageSpan to, absl::Duration keep,
                    const config::PriceList& list) {
  const auto width = static_cast<std::int64_t>(to);
  const std::int64_t until = absl::ToUnixSeconds(clock_.WallNow() - keep);
  const RollUpStep step{
      from, to,
      // Whole ones only: half an hour of minutes stays minutes.
      absl::FromUnixSeconds(until / width * width),
      [&](const UsageSeries& series, absl::Time begin) {
        return Overlay(OwnPricesOf(series),
                       list.For(series.provider, series.upstream_model))
            .StepAt(begin);
      }};
  for (int i = 0; i < kRollUpsAtOnce; ++i) {
    absl::StatusOr<bool> done = store_.RollUp(step);
    // It comes again in a minute; that writing fails Write() says.
    if (!done.ok() || !*done) return;
  }
}

config::PriceSchedule Ledger::OwnPricesOf(const UsageSeries& series) const {
  MutexLock lock(&mutex_);
  return prices_.For(series.model, series.provider, series.upstream_model);
}

Ledger::Stats Ledger::stats() const {
  MutexLock lock(&mutex_);
  Stats stats = stats_;
  stats.waiting_batches = waiting_.size();
  if (failing_since_.has_value()) {
    stats.failing_for = clock_.Now() - *failing_since_;
  }
  return stats;
}

}  // namespace weir::controlplane
