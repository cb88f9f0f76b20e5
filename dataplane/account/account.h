// Counts what a worker does, for metrics and reports.
#ifndef WEIR_DATAPLANE_ACCOUNT_ACCOUNT_H_
#define WEIR_DATAPLANE_ACCOUNT_ACCOUNT_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/string_map.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

// Plain numbers of one thread; Collect() of the worker copies them on that
// thread. Labels come from the configuration and from weir's own codes, so
// their number is bounded.
class Account {
 public:
  // A request of a known model was answered. `latency`: to the answer, or to a
  // stream's first event.
  void OnAnswer(std::string_view model, int status, absl::Duration latency);
  // The same request's answer is a stream, and its first event with content is
  // there.
  void OnFirstToken(std::string_view model, absl::Duration latency) {
    CountersOf(model).first_token.Add(latency);
  }
  // One without a model, or with one that is not configured.
  void OnAnswerWithoutModel(int status) {
    ++report.requests_without_model[status];
    CountAnswer(status);
  }
  void OnHedge(std::string_view model, HedgeOutcome outcome);
  void OnError(std::string_view code) { ++errors_[code]; }
  // So many were begun for one request.
  void OnAttempts(int attempts) {
    if (attempts > 1) {
      report.retries += static_cast<std::uint64_t>(attempts - 1);
    }
  }
  // A header of a client whose value made no sense, or asked for what its key
  // may not. `name`: one of weir's own.
  void OnIgnoredHeader(std::string_view name) {
    ++report.ignored_headers[std::string(name)];
  }

  // Fields of a request that its provider's dialect has no words for; names are
  // constants.
  void OnDropped(std::span<const std::string_view> fields) {
    for (const auto name : fields) ++report.dropped_fields[std::string(name)];
  }

  // Everything but targets and usage.
  WorkerReport Copy() const;

  // What has no more to it than a number is counted where it happens.
  WorkerReport report;

 private:
  ModelCounters& CountersOf(std::string_view model);
  void CountAnswer(int status) {
    ++report.answers;
    if (status >= 500) ++report.failed_answers;
  }

  // Beside the report's ordered maps: found without making a string.
  StringMap<std::unique_ptr<ModelCounters>> models_;
  // The one that was asked for last: requests of a model often come together,
  // and a name's hash costs more than to compare it.
  std::string last_model_;
  ModelCounters* last_counters_ = nullptr;
  StringMap<std::uint64_t> errors_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCOUNT_ACCOUNT_H_
