// Loads a model's providers through a node.
#ifndef WEIR_CLI_LOADTEST_LOAD_RUN_H_
#define WEIR_CLI_LOADTEST_LOAD_RUN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cli/loadtest/load_request.h"
#include "cli/loadtest/load_target.h"
#include "cli/loadtest/tally.h"
#include "common/config/secrets.h"
#include "common/net/dial_plan.h"

namespace weir::loadtest {

struct LoadPlan {
  net::DialPlan node;
  config::Secret key;
  // Not empty.
  std::vector<LoadTarget> targets;
  // `model` by its own name, not by an alias.
  Question question;
  // To each provider.
  std::uint64_t requests = 100;
  // Requests a second to each provider; above 0.
  double rate = 1;
  // Of one request, from its sending.
  absl::Duration timeout = absl::Minutes(2);
  // Every target has a price where this is set.
  std::optional<double> max_cost_usd;
};

// What one request may cost at most, retries included, in US dollars; nullopt
// without a price.
std::optional<double> WorstRequestCost(const Question& question,
                                       const LoadTarget& target);

struct LoadProgress {
  // Of all providers.
  std::uint64_t ended = 0;
  std::uint64_t total = 0;
  std::uint64_t in_flight = 0;
  // Of what providers counted, in US dollars.
  double cost_usd = 0;
};

struct LoadResult {
  // In the order of the plan's targets.
  std::vector<Tally> tallies = {};
  // Why it ended before all was sent; a sentence each.
  std::vector<std::string> notes = {};
  // Ctrl-C, or SIGTERM.
  bool interrupted = false;
};

// Runs to the end, or until the process gets SIGINT or SIGTERM, which cuts what
// is in flight. `show` is called some times a second, on this thread.
LoadResult RunLoad(const LoadPlan& plan,
                   const std::function<void(const LoadProgress&)>& show);

}  // namespace weir::loadtest

#endif  // WEIR_CLI_LOADTEST_LOAD_RUN_H_
