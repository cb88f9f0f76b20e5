// Who is measured, and what it costs there.
#ifndef WEIR_CLI_LOADTEST_LOAD_TARGET_H_
#define WEIR_CLI_LOADTEST_LOAD_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/config/price.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::loadtest {

// A provider, with all targets of the model that it has.
struct LoadTarget {
  std::string provider;
  // Each part the highest of its targets; nullopt: one of them has no price.
  std::optional<config::Price> price;

  friend bool operator==(const LoadTarget&, const LoadTarget&) = default;
};

struct LoadTargets {
  // The model by its own name.
  std::string model;
  // Not empty.
  std::vector<LoadTarget> targets;
};

// The providers of a model (its name or alias), in the order of its targets:
// those called by name, or with "all" alone those that are switched on. Prices
// are those of `now`. FAILED_PRECONDITION, with what there is: the model or one
// of the providers is not among them. Pure.
absl::StatusOr<LoadTargets> FindTargets(
    const config::v1::Resources& resources, const std::string& model,
    const std::vector<std::string>& providers, absl::Time now);

// What one attempt at a request costs at most, in US dollars: as many tokens in
// as its body has bytes, each at the dearest rate, and `max_tokens` out. Pure.
double WorstCost(std::size_t body_bytes, std::uint64_t max_tokens,
                 const config::Price& price);

}  // namespace weir::loadtest

#endif  // WEIR_CLI_LOADTEST_LOAD_TARGET_H_
