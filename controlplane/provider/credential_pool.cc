#include "controlplane/provider/credential_pool.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace weir::controlplane {

void CredentialPool::Follow(const std::vector<FoundCredential>& found,
                            absl::Time now) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i < entries_.size() && entries_[i].found == found[i]) {
      entries.push_back(std::move(entries_[i]));
      continue;
    }
    Entry& entry = entries.emplace_back();
    entry.found = found[i];
    if (found[i].fingerprint.has_value()) entry.due = now;
  }
  entries_ = std::move(entries);
}

void CredentialPool::OnNodeReport(
    const std::map<std::uint32_t, std::string>& refused, absl::Time now) {
  for (const auto& [position, reason] : refused) {
    if (position >= entries_.size()) continue;
    Entry& entry = entries_[position];
    if (entry.is_refused || now - entry.restored_at < kReportLag) continue;
    Refuse(reason, now, entry);
  }
}

void CredentialPool::OnAnswer(std::uint32_t position,
                              const CredentialAnswer& answer, absl::Time now) {
  if (position >= entries_.size()) return;
  Entry& entry = entries_[position];
  const bool was_check = std::exchange(entry.is_out, false);
  switch (answer.kind) {
    case CredentialAnswer::Kind::kAccepted:
      if (entry.is_refused) Restore(now, entry);
      entry.due = std::nullopt;
      return;
    case CredentialAnswer::Kind::kRefused:
      // A probe in between is no reason to wait longer.
      if (!entry.is_refused || was_check) Refuse(answer.reason, now, entry);
      return;
    case CredentialAnswer::Kind::kNoAnswer:
      if (was_check) entry.due = now + entry.wait;
      return;
  }
}

std::vector<std::uint32_t> CredentialPool::TakeDue(absl::Time now) {
  std::vector<std::uint32_t> due;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (entry.is_out || !entry.due.has_value() || *entry.due > now) continue;
    // It can't be asked with here; a node that can says when it works.
    if (!entry.found.fingerprint.has_value()) continue;
    entry.is_out = true;
    due.push_back(static_cast<std::uint32_t>(i));
  }
  return due;
}

std::vector<std::uint32_t> CredentialPool::Refused() const {
  std::vector<std::uint32_t> refused;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].is_refused)
      refused.push_back(static_cast<std::uint32_t>(i));
  }
  return refused;
}

std::vector<CredentialView> CredentialPool::View() const {
  std::vector<CredentialView> views;
  bool has_active = false;
  for (const Entry& entry : entries_) {
    CredentialView& view = views.emplace_back();
    view.reference = entry.found.reference;
    if (entry.is_refused) {
      view.state = CredentialState::kRefused;
      view.reason = entry.reason;
    } else if (!entry.found.fingerprint.has_value()) {
      view.state = CredentialState::kMissing;
      view.reason = entry.found.missing_because;
    } else {
      view.active = !std::exchange(has_active, true);
    }
  }
  return views;
}

void CredentialPool::Refuse(const std::string& reason, absl::Time now,
                            Entry& entry) {
  const bool again = entry.is_refused || now - entry.restored_at < kLongestWait;
  entry.wait = again ? std::min(2 * entry.wait, kLongestWait) : kFirstWait;
  entry.is_refused = true;
  entry.reason = reason;
  entry.due = now + entry.wait;
}

void CredentialPool::Restore(absl::Time now, Entry& entry) {
  entry.is_refused = false;
  entry.reason.clear();
  entry.restored_at = now;
}

}  // namespace weir::controlplane
