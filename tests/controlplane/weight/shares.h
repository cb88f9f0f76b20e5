// What the strategies' tables have in common.
#ifndef WEIR_TESTS_CONTROLPLANE_WEIGHT_SHARES_H_
#define WEIR_TESTS_CONTROLPLANE_WEIGHT_SHARES_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "controlplane/weight/candidate.h"
#include "gtest/gtest.h"

namespace weir::controlplane {

// In tables: what nobody measured or priced yet.
inline constexpr std::nullopt_t kUnknown = std::nullopt;

// That `shares` have these weights and ranks, and that the weights are sound.
inline void ExpectShares(const std::vector<Share>& shares,
                         const std::vector<double>& weights,
                         const std::vector<std::uint32_t>& ranks) {
  ASSERT_EQ(shares.size(), weights.size());
  ASSERT_EQ(shares.size(), ranks.size());
  double sum = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    EXPECT_NEAR(shares[i].weight, weights[i], 1e-9) << "at " << i;
    EXPECT_EQ(shares[i].rank, ranks[i]) << "at " << i;
    sum += shares[i].weight;
  }
  EXPECT_TRUE(sum == 0 || std::abs(sum - 1) < 1e-9) << sum;
}

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_WEIGHT_SHARES_H_
