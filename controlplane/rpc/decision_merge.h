// The newest of what many nodes remember, in bounded memory.
#ifndef WEIR_CONTROLPLANE_RPC_DECISION_MERGE_H_
#define WEIR_CONTROLPLANE_RPC_DECISION_MERGE_H_

#include <cstddef>
#include <vector>

#include "common/ids.h"
#include "weir/routing/v1/decision.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::controlplane {

// Not thread-safe.
class DecisionMerge {
 public:
  // What weirctl's gRPC takes is 4 MiB.
  static constexpr std::size_t kMaxBytes = std::size_t{3} << 20;

  // At most `per_node` of each answer.
  explicit DecisionMerge(std::size_t per_node) : per_node_(per_node) {}

  // `node` is who said it, whatever the answer claims.
  void Add(const NodeId& node, const routing::v1::DecisionAnswer& answer);

  // Newest first, at most kMaxBytes.
  std::vector<routing::v1::Decision> Take();

 private:
  void Trim();

  std::size_t per_node_;
  std::vector<routing::v1::Decision> decisions_;
  std::size_t bytes_ = 0;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_DECISION_MERGE_H_
