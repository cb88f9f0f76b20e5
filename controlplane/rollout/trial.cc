#include "controlplane/rollout/trial.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/rollout/wave_plan.h"

namespace weir::controlplane {

std::size_t Trial::took() const {
  return static_cast<std::size_t>(std::count_if(
      given_.begin(), given_.end(),
      [](const auto& entry) { return entry.second.took_at.has_value(); }));
}

void Trial::Issue(PublicationPtr publication, absl::Time now) {
  publication_ = std::move(publication);
  needs_issue_ = false;
  for (auto& [id, given] : given_) {
    given.given_at = now;
    given.took_at.reset();
    given.refused = false;
  }
}

void Trial::Replace(Edition edition) {
  edition_ = std::move(edition);
  needs_issue_ = true;
}

bool Trial::MayRun() const {
  return everybody_ ||
         std::any_of(given_.begin(), given_.end(),
                     [](const auto& entry) { return !entry.second.refused; });
}

std::vector<WaveNode> Trial::Meet(const std::vector<NodeRecord>& records,
                                  absl::Time now) {
  std::vector<WaveNode> nodes;
  std::map<NodeId, Given> listed;
  for (const NodeRecord& record : records) {
    const NodeId& id = record.identity.id;
    if (everybody_ && record.connected && !given_.contains(id)) {
      Add(record, now);
    }
    const auto found = given_.find(id);
    if (found != given_.end() && Hear(record, now, found->second)) {
      nodes.push_back(View(record, found->second));
      listed.insert(given_.extract(found));
    } else if (record.connected) {
      const Traffic& then =
          others_.try_emplace(id, record.traffic).first->second;
      nodes.push_back({.id = id,
                       .draining = record.draining,
                       .ill = !record.problems.empty(),
                       .before = record.recent_traffic,
                       .since = Since(then, record.traffic)});
    }
  }
  // Who isn't listed any more was gone for long.
  given_ = std::move(listed);
  return nodes;
}

bool Trial::Hear(const NodeRecord& record, absl::Time now, Given& given) const {
  if (record.identity.boot_id != given.boot_id) {
    if (given.said_goodbye) return false;
    given.restarted = true;
  }
  given.said_goodbye = given.said_goodbye || record.draining;
  if (publication_ == nullptr || needs_issue_) return true;
  const Version& version = publication_->version;
  given.refused = record.refused_config == version;
  if (!given.took_at.has_value() && record.config == version) {
    given.took_at = now;
    given.counted = record.traffic;
  }
  return true;
}

WaveNode Trial::View(const NodeRecord& record, const Given& given) const {
  WaveNode node{.id = record.identity.id,
                .connected = record.connected,
                .draining = given.said_goodbye,
                .ill = given.ill,
                .restarted = given.restarted,
                .answer = WaveNode::Answer::kWaiting,
                .given_at = given.given_at,
                .gone_at = record.disconnected_at,
                .reported_at = record.last_report,
                .before = given.before};
  if (given.refused) {
    node.answer = WaveNode::Answer::kRefused;
    if (!record.problems.empty()) node.refusal = record.problems.front();
  } else if (given.took_at.has_value()) {
    node.answer = WaveNode::Answer::kTook;
    node.took_at = *given.took_at;
    node.since = Since(given.counted, record.traffic);
  }
  return node;
}

void Trial::Add(const NodeRecord& record, absl::Time now) {
  given_[record.identity.id] = {.boot_id = record.identity.boot_id,
                                .given_at = now,
                                .ill = !record.problems.empty(),
                                .restarted = false,
                                .said_goodbye = record.draining,
                                .took_at = {},
                                .refused = false,
                                .before = record.recent_traffic,
                                .counted = {}};
}

void Trial::Give(const Advance& advance, const std::vector<NodeRecord>& records,
                 absl::Time now) {
  ++wave_;
  everybody_ = everybody_ || advance.everybody;
  others_.clear();
  const std::set<NodeId> chosen(advance.nodes.begin(), advance.nodes.end());
  for (const NodeRecord& record : records) {
    const auto found = given_.find(record.identity.id);
    if (found != given_.end()) found->second.counted = record.traffic;
    if (chosen.contains(record.identity.id)) Add(record, now);
  }
}

}  // namespace weir::controlplane
