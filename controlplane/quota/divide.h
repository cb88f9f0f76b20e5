// One limit among the nodes that want it; pure.
#ifndef WEIR_CONTROLPLANE_QUOTA_DIVIDE_H_
#define WEIR_CONTROLPLANE_QUOTA_DIVIDE_H_

#include <cstdint>
#include <span>
#include <vector>

namespace weir::controlplane {

// Of a rate. Nobody gets less than it wants while somebody else gets more than
// it does (max-min fairness); what nobody wants is spread evenly, so that
// noise meets room. The shares sum to `limit`, unless there are none.
std::vector<double> DivideRate(double limit, std::span<const double> wanted);

// What one node has of a limit on requests in flight.
struct Places {
  std::uint64_t wanted = 0;
  // In flight now, as it last said.
  std::uint64_t held = 0;
  // What it was leased last.
  std::uint64_t share = 0;
  // What it worked with when it said so: it may have as many by now.
  std::uint64_t known = 0;
};

// The same of requests in flight, in whole numbers. A place that is taken away
// is given to nobody else before its node has said that it is free, so a node
// may get less than its part for a while, and the sum of what may be in flight
// stays at the limit.
std::vector<std::uint64_t> DividePlaces(std::uint64_t limit,
                                        std::span<const Places> nodes);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_QUOTA_DIVIDE_H_
