#include "controlplane/rpc/stream_table.h"

#include <utility>

namespace weir::controlplane {

void StreamTable::Add(StreamId id, std::shared_ptr<NodeStream> stream) {
  MutexLock lock(&mutex_);
  streams_.emplace(id, std::move(stream));
}

void StreamTable::Remove(StreamId id) {
  // May be the last reference: destroyed after the lock is released.
  std::shared_ptr<NodeStream> removed;
  MutexLock lock(&mutex_);
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  removed = std::move(found->second);
  streams_.erase(found);
  const auto named = node_.find(id);
  if (named == node_.end()) return;
  const auto speaker = speaker_.find(named->second);
  if (speaker != speaker_.end() && speaker->second == id) {
    speaker_.erase(speaker);
  }
  node_.erase(named);
}

std::shared_ptr<NodeStream> StreamTable::SpeaksFor(const NodeId& node,
                                                   StreamId id) {
  MutexLock lock(&mutex_);
  // It may have ended already.
  if (!streams_.contains(id)) return nullptr;
  node_.emplace(id, node);
  const auto [speaker, is_new] = speaker_.try_emplace(node, id);
  if (is_new) return nullptr;
  const auto previous = streams_.find(std::exchange(speaker->second, id));
  return previous == streams_.end() ? nullptr : previous->second;
}

std::shared_ptr<NodeStream> StreamTable::Find(StreamId id) const {
  MutexLock lock(&mutex_);
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second;
}

std::size_t StreamTable::size() const {
  MutexLock lock(&mutex_);
  return streams_.size();
}

std::vector<std::shared_ptr<NodeStream>> StreamTable::All() const {
  MutexLock lock(&mutex_);
  std::vector<std::shared_ptr<NodeStream>> all;
  all.reserve(streams_.size());
  for (const auto& [id, stream] : streams_) all.push_back(stream);
  return all;
}

}  // namespace weir::controlplane
