#include "controlplane/publish/node_list.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace weir::controlplane {

absl::Status NodeList::OnHello(StreamId stream, Hello hello) {
  MutexLock lock(&mutex_);
  const NodeId id = hello.identity.id;
  if (!entries_.contains(id) && !MakeRoom()) {
    return absl::ResourceExhaustedError(absl::StrCat(
        kMaxNodes, " nodes are connected, which is the most; add a replica"));
  }
  Entry& entry = entries_[id];
  if (!entry.record.connected) ++connected_;
  entry = Entry();
  entry.stream = stream;
  entry.record.identity = std::move(hello.identity);
  entry.record.connected = true;
  entry.record.config = std::move(hello.config);
  entry.record.weights = std::move(hello.weights);
  entry.record.problems = std::move(hello.problems);
  entry.record.connected_since = hello.wall_now;
  return absl::OkStatus();
}

void NodeList::OnAnswer(StreamId stream, const NodeId& node,
                        NodeAnswer answer) {
  MutexLock lock(&mutex_);
  Entry* entry = Find(stream, node);
  if (entry == nullptr) return;
  NodeRecord& record = entry->record;
  (answer.lane == Lane::kConfig ? record.config : record.weights) =
      std::move(answer.running);
  if (answer.lane == Lane::kConfig) {
    record.refused_config = std::move(answer.refused);
  }
  // Weights are taken many times a minute; that says nothing of a refused
  // config.
  if (answer.lane == Lane::kConfig || !answer.problems.empty()) {
    record.problems = std::move(answer.problems);
    record.warnings = std::move(answer.warnings);
  }
}

bool NodeList::OnReport(StreamId stream, const NodeId& node, Load load,
                        absl::Time now) {
  MutexLock lock(&mutex_);
  Entry* entry = Find(stream, node);
  if (entry == nullptr) return false;
  entry->record.requests_in_flight = load.requests_in_flight;
  entry->record.streams_in_flight = load.streams_in_flight;
  entry->record.last_report = now;
  CountTraffic(load.traffic, now, *entry);
  return true;
}

void NodeList::CountTraffic(const Traffic& traffic, absl::Time now,
                            Entry& entry) {
  if (!entry.next_at.has_value()) entry.next_at = now;
  if (now - *entry.next_at >= kRecent) {
    entry.recent_from = std::exchange(entry.next_from, traffic);
    entry.next_at = now;
  }
  entry.record.traffic = traffic;
  entry.record.recent_traffic = Since(entry.recent_from, traffic);
}

void NodeList::OnDraining(StreamId stream, const NodeId& node) {
  MutexLock lock(&mutex_);
  Entry* entry = Find(stream, node);
  if (entry != nullptr) entry->record.draining = true;
}

void NodeList::OnEnd(StreamId stream, const NodeId& node, absl::Time now) {
  MutexLock lock(&mutex_);
  Entry* entry = Find(stream, node);
  if (entry == nullptr) return;
  if (std::exchange(entry->record.connected, false)) --connected_;
  entry->record.requests_in_flight = 0;
  entry->record.streams_in_flight = 0;
  entry->record.disconnected_at = now;
}

std::vector<NodeId> NodeList::Tick(absl::Time now) {
  MutexLock lock(&mutex_);
  std::vector<NodeId> gone = std::exchange(evicted_, {});
  for (auto it = entries_.begin(); it != entries_.end();) {
    Entry& entry = it->second;
    const absl::Duration away = entry.record.connected
                                    ? absl::ZeroDuration()
                                    : now - entry.record.disconnected_at;
    const bool left = !entry.record.connected && entry.record.draining;
    if (!entry.forgotten && (left || away >= kAway)) {
      entry.forgotten = true;
      gone.push_back(it->first);
    }
    it = away >= kRemembered ? entries_.erase(it) : std::next(it);
  }
  return gone;
}

std::vector<NodeRecord> NodeList::List() const {
  MutexLock lock(&mutex_);
  std::vector<NodeRecord> records;
  records.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) records.push_back(entry.record);
  return records;
}

std::size_t NodeList::connected() const {
  MutexLock lock(&mutex_);
  return connected_;
}

NodeList::Counts NodeList::Count(const ShouldRun& config,
                                 const PublicationPtr& weights) const {
  MutexLock lock(&mutex_);
  Counts counts;
  for (const auto& [id, entry] : entries_) {
    const NodeRecord& record = entry.record;
    if (!record.connected) continue;
    ++counts.connected;
    if (record.draining) ++counts.draining;
    if (!record.problems.empty()) ++counts.refusing;
    const PublicationPtr should = config(id);
    if (should != nullptr && record.config == should->version) {
      ++counts.on_config;
    }
    if (weights != nullptr && record.weights == weights->version) {
      ++counts.on_weights;
    }
  }
  return counts;
}

NodeList::Entry* NodeList::Find(StreamId stream, const NodeId& node) {
  const auto found = entries_.find(node);
  if (found == entries_.end() || found->second.stream != stream) {
    return nullptr;
  }
  return &found->second;
}

bool NodeList::MakeRoom() {
  if (entries_.size() < kMaxNodes) return true;
  auto oldest = entries_.end();
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    if (it->second.record.connected) continue;
    if (oldest == entries_.end() || it->second.record.disconnected_at <
                                        oldest->second.record.disconnected_at) {
      oldest = it;
    }
  }
  if (oldest == entries_.end()) return false;
  if (!oldest->second.forgotten) evicted_.push_back(oldest->first);
  entries_.erase(oldest);
  return true;
}

}  // namespace weir::controlplane
