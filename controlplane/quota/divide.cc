#include "controlplane/quota/divide.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace weir::controlplane {

std::vector<double> DivideRate(double limit, std::span<const double> wanted) {
  std::vector<double> shares(wanted.size(), 0);
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return wanted[i]; });
  // Whoever wants least comes first: it takes no more than an even part, and
  // what it leaves is for the others.
  double left = limit;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double even = left / static_cast<double>(order.size() - i);
    shares[order[i]] = std::min(wanted[order[i]], even);
    left -= shares[order[i]];
  }
  for (double& share : shares) {
    share += left / static_cast<double>(shares.size());
  }
  return shares;
}

std::vector<std::uint64_t> DividePlaces(std::uint64_t limit,
                                        std::span<const Places> nodes) {
  std::vector<double> wanted;
  std::uint64_t taken = 0;
  for (const Places& node : nodes) {
    wanted.push_back(static_cast<double>(node.wanted));
    taken += std::max({node.share, node.held, node.known});
  }
  const std::vector<double> fair =
      DivideRate(static_cast<double>(limit), wanted);
  std::uint64_t given = 0;
  std::vector<std::uint64_t> shares;
  for (const double share : fair) {
    shares.push_back(static_cast<std::uint64_t>(share));
    given += shares.back();
  }
  // What rounding left, one each.
  for (std::size_t i = 0; i < shares.size() && given < limit; ++i, ++given) {
    ++shares[i];
  }
  std::uint64_t free = limit - std::min(limit, taken);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] <= nodes[i].share) continue;
    // It may have more in flight than it was leased; these places it has.
    const std::uint64_t has =
        std::min(std::max(nodes[i].share, nodes[i].held), shares[i]);
    const std::uint64_t more = std::min(shares[i] - has, free);
    shares[i] = has + more;
    free -= more;
  }
  return shares;
}

}  // namespace weir::controlplane
