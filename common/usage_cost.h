// What a request cost, as far as prices and its provider tell; pure.
#ifndef WEIR_COMMON_USAGE_COST_H_
#define WEIR_COMMON_USAGE_COST_H_

#include <cstdint>
#include <optional>

#include "common/config/price.h"
#include "common/dialect/canonical/usage.h"

namespace weir {

// What is paid for one request; what the provider does not say of its cache was
// not cached.
inline config::PaidWork PaidWorkOf(const dialect::canonical::Usage& usage) {
  config::PaidWork work;
  work.cached_input = usage.cache_read.value_or(0);
  work.cache_write = usage.cache_write_5m.value_or(0);
  work.cache_write_1h = usage.cache_write_1h.value_or(0);
  work.input = InputOf(usage).value_or(0) - work.cached_input -
               work.cache_write - work.cache_write_1h;
  work.output = OutputOf(usage).value_or(0);
  work.requests = 1;
  return work;
}

// In US dollars. Absent without a price, or where the provider did not say what
// went in and came out.
inline std::optional<double> CostOf(const dialect::canonical::Usage& usage,
                                    const std::optional<config::Price>& price) {
  if (!price.has_value() || !InputOf(usage).has_value() ||
      !OutputOf(usage).has_value()) {
    return std::nullopt;
  }
  return config::CostOf(PaidWorkOf(usage), *price);
}

// What more it would have cost without reading from the provider's prompt
// cache; what writing into it cost more is not taken off, for counters only
// grow.
inline double SavingsOf(const dialect::canonical::Usage& usage,
                        const std::optional<config::Price>& price) {
  if (!price.has_value()) return 0;
  return config::CacheSavingsOf({.cached_input = usage.cache_read.value_or(0)},
                                *price);
}

}  // namespace weir

#endif  // WEIR_COMMON_USAGE_COST_H_
