// The requests that a simulation routes.
#ifndef WEIR_CLI_SIMULATE_TRAFFIC_H_
#define WEIR_CLI_SIMULATE_TRAFFIC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "weir/admin/v1/simulation.pb.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::simulate {

// Of an average request.
struct Tokens {
  // All of it, with what caches have.
  std::uint64_t input = 1000;
  std::uint64_t cached_input = 0;
  std::uint64_t output = 300;
};

// Requests that are alike.
struct Part {
  // The model that is asked for, in Resources.models.
  int model = 0;
  config::v1::Complexity complexity = config::v1::COMPLEXITY_SIMPLE;
  // Empty: from anywhere.
  std::string region;
  // Of all requests; those of all parts sum to 1.
  double share = 0;
  Tokens tokens;
};

// Position in Resources.models by name or alias; -1 where there is none. Pure.
int FindModel(const config::v1::Resources& resources, const std::string& name);

// By the rules of docs/routing.md, at four bytes a token: what tools, reasoning
// and images make of a request nobody can tell from tokens. Pure.
config::v1::Complexity ComplexityOf(const Tokens& tokens);

// As many requests for each model that serves. Pure.
admin::v1::TrafficMix EvenMix(const config::v1::Resources& resources);

// `region` is for parts that name none. INVALID_ARGUMENT: which part of the mix
// is wrong, why, and what to write. Pure.
absl::StatusOr<std::vector<Part>> PartsOf(
    const admin::v1::TrafficMix& mix, const config::v1::Resources& resources,
    const std::string& region);

}  // namespace weir::simulate

#endif  // WEIR_CLI_SIMULATE_TRAFFIC_H_
