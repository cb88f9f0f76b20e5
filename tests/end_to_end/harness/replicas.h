// What a test asks of control planes that share a database.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_REPLICAS_H_
#define WEIR_TESTS_END_TO_END_HARNESS_REPLICAS_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "tests/end_to_end/harness/fleet.h"

namespace weir::testing {

// Two control planes on `store`, two nodes and three providers; each answer has
// `output` tokens.
FleetOptions ReplicaFleet(const std::string& store, int output);

bool Leads(Fleet& fleet, int control_plane);

// Whether all of them serve nodes and operators: the followers by the leader.
bool AllServe(Fleet& fleet);

// Whether all nodes run what the leader published last, as the control plane
// at `server` says; empty: as any of them does.
bool InStep(Fleet& fleet, const std::string& server = "");

// How far weights of gpt-4.1 moved from what they should be while somebody
// looked.
class WeightWatch {
 public:
  // `wanted`: of p1, p2 ... `fleet` outlives this.
  WeightWatch(Fleet& fleet, std::vector<double> wanted)
      : fleet_(fleet), wanted_(std::move(wanted)) {}

  // The farthest that any node's weight is from `wanted` now.
  double Look();
  // Eventually(), with a look at each question.
  bool Eventually(const std::function<bool()>& condition,
                  absl::Duration limit = absl::Seconds(30));

  // Of all looks.
  double farthest() const { return farthest_; }
  void Forget() { farthest_ = 0; }

 private:
  Fleet& fleet_;
  const std::vector<double> wanted_;
  double farthest_ = 0;
};

// Lets p3 fail everything, and waits until p1 and p2 have half of the weight
// each: weights that a new leader could get wrong. A fatal failure of the test
// where that does not come.
void MakeUneven(Fleet& fleet);
inline const std::vector<double> kUneven = {0.5, 0.5, 0};

// By which a weight may move: what scores do on a busy machine.
inline constexpr double kJump = 0.15;

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_REPLICAS_H_
