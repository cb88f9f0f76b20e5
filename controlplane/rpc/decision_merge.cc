#include "controlplane/rpc/decision_merge.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::controlplane {
namespace {

bool IsNewer(const routing::v1::Decision& a, const routing::v1::Decision& b) {
  const auto time = [](const routing::v1::Decision& decision) {
    return std::tuple(decision.received_at().seconds(),
                      decision.received_at().nanos());
  };
  return time(a) > time(b);
}

}  // namespace

void DecisionMerge::Add(const NodeId& node,
                        const routing::v1::DecisionAnswer& answer) {
  std::size_t taken = 0;
  for (const routing::v1::Decision& decision : answer.decisions()) {
    if (taken++ == per_node_) break;
    decisions_.push_back(decision);
    decisions_.back().set_node_id(node.value);
    bytes_ += decisions_.back().ByteSizeLong();
  }
  // Not with every answer: sorting has its price.
  if (bytes_ > 2 * kMaxBytes) Trim();
}

void DecisionMerge::Trim() {
  std::stable_sort(decisions_.begin(), decisions_.end(), IsNewer);
  bytes_ = 0;
  const auto first_beyond = std::find_if(
      decisions_.begin(), decisions_.end(), [this](const auto& decision) {
        const std::size_t size = decision.ByteSizeLong();
        if (bytes_ + size > kMaxBytes) return true;
        bytes_ += size;
        return false;
      });
  decisions_.erase(first_beyond, decisions_.end());
}

std::vector<routing::v1::Decision> DecisionMerge::Take() {
  Trim();
  return std::move(decisions_);
}

}  // namespace weir::controlplane
