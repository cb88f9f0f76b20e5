// What came of the requests to one provider, added up.
#ifndef WEIR_CLI_LOADTEST_TALLY_H_
#define WEIR_CLI_LOADTEST_TALLY_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "cli/loadtest/chat_answer.h"
#include "cli/loadtest/load_target.h"
#include "common/histogram.h"
#include "weir/cli/v1/load_test.pb.h"

namespace weir::loadtest {

// Not thread-safe.
class Tally {
 public:
  explicit Tally(LoadTarget target) : target_(std::move(target)) {}

  // One request that has ended, `latency` after it was due.
  void Add(const Fate& fate, absl::Duration latency);

  const LoadTarget& target() const { return target_; }
  std::uint64_t requests() const { return requests_; }
  // Of what the provider counted, in US dollars.
  double cost_usd() const { return cost_usd_; }

  cli::v1::ProviderLoad Row() const;
  // `steady: 3 x HTTP 503 no_healthy_provider`, the most frequent first.
  std::vector<std::string> Failures() const;

 private:
  const LoadTarget target_;
  std::uint64_t requests_ = 0;
  std::uint64_t succeeded_ = 0;
  std::uint64_t attempts_ = 0;
  std::uint64_t input_tokens_ = 0;
  std::uint64_t output_tokens_ = 0;
  double cost_usd_ = 0;
  // Of those that succeeded.
  Histogram latency_;
  Histogram first_token_;
  std::uint64_t tokens_in_time_ = 0;
  absl::Duration time_;
  std::map<std::string, std::uint64_t> failures_;
};

}  // namespace weir::loadtest

#endif  // WEIR_CLI_LOADTEST_TALLY_H_
