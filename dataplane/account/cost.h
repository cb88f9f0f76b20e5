// What a request cost, as far as prices and its provider tell; pure.
#ifndef WEIR_DATAPLANE_ACCOUNT_COST_H_
#define WEIR_DATAPLANE_ACCOUNT_COST_H_

#include <cstdint>
#include <optional>

#include "common/config/effective.h"
#include "common/dialect/canonical/usage.h"

namespace weir::dataplane {

inline double DollarsOf(std::uint64_t tokens, double dollars_per_million) {
  return static_cast<double>(tokens) * dollars_per_million / 1e6;
}

// In US dollars. Absent without a price, or where the provider did not say what
// went in and came out. What it does not say of its cache was not cached; what
// was written into one costs as what was not.
inline std::optional<double> CostOf(const dialect::canonical::Usage& usage,
                                    const std::optional<config::Price>& price) {
  const auto input = InputOf(usage);
  const auto output = OutputOf(usage);
  if (!price.has_value() || !input.has_value() || !output.has_value()) {
    return std::nullopt;
  }
  const std::uint64_t cached = usage.cache_read.value_or(0);
  return DollarsOf(*input - cached, price->input) +
         DollarsOf(cached, price->cached_input) +
         DollarsOf(*output, price->output);
}

// What more it would have cost without the provider's prompt cache.
inline double SavingsOf(const dialect::canonical::Usage& usage,
                        const std::optional<config::Price>& price) {
  if (!price.has_value()) return 0;
  return DollarsOf(usage.cache_read.value_or(0),
                   price->input - price->cached_input);
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCOUNT_COST_H_
