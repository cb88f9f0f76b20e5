#include "dataplane/trace/span_exporter.h"

#include <grpcpp/support/status.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/random.h"
#include "dataplane/printable.h"
#include "dataplane/trace/collector_client.h"
#include "dataplane/trace/export_verdict.h"
#include "dataplane/trace/span_build.h"
#include "dataplane/trace/trace_log.h"
#include "dataplane/trace/traced_request.h"

namespace weir::dataplane {
namespace {

// A span takes some 300 bytes, a request has four or so: far from the 4 MiB
// that gRPC servers take unless they are told otherwise.
constexpr std::size_t kRequestsPerCall = 512;

std::uint64_t SpansIn(std::span<const TracedRequest> requests) {
  std::uint64_t spans = 0;
  for (const TracedRequest& request : requests) spans += SpanCount(request);
  return spans;
}

}  // namespace

void SpanExporter::Inbox::Add(TraceLog::Batch batch) {
  dropped_spans += batch.dropped_spans;
  waiting.push_back(std::move(batch.requests));
}

SpanExporter::SpanExporter(SpanExporterOptions options,
                           std::vector<Source> sources, const Clock& clock,
                           Random& random)
    : options_(std::move(options)),
      sources_(std::move(sources)),
      clock_(clock),
      collector_(options_.endpoint, options_.credentials),
      inbox_(std::make_shared<Inbox>()),
      backoff_(options_.backoff_base, options_.backoff_cap, random),
      thread_([this] { Run(); }) {}

SpanExporter::~SpanExporter() {
  if (thread_.joinable()) Finish({}, absl::ZeroDuration());
}

void SpanExporter::Finish(std::vector<TraceLog::Batch> last,
                          absl::Duration limit) {
  const absl::Time until = clock_.Now() + limit;
  {
    MutexLock lock(&inbox_->mutex);
    for (TraceLog::Batch& batch : last) inbox_->Add(std::move(batch));
    inbox_->ending = true;
    inbox_->changed.SignalAll();
    for (absl::Time now = clock_.Now(); !inbox_->ended && now < until;
         now = clock_.Now()) {
      inbox_->changed.WaitFor(&inbox_->mutex, until - now);
    }
  }
  collector_.Cut();
  thread_.join();
}

TraceCounts SpanExporter::counts() const {
  TraceCounts counts{.exported = exported_,
                     .undelivered = undelivered_,
                     .rejected = rejected_,
                     .failing = failing_};
  MutexLock lock(&inbox_->mutex);
  counts.queue_full = inbox_->dropped_spans;
  return counts;
}

void SpanExporter::Run() {
  while (Pause(options_.every)) {
    AskWorkers();
    SendAll();
  }
  SendAll();
  MutexLock lock(&inbox_->mutex);
  inbox_->ended = true;
  inbox_->changed.SignalAll();
}

bool SpanExporter::Pause(absl::Duration delay) {
  const absl::Time until = clock_.Now() + delay;
  MutexLock lock(&inbox_->mutex);
  for (absl::Time now = clock_.Now(); !inbox_->ending && now < until;
       now = clock_.Now()) {
    inbox_->changed.WaitFor(&inbox_->mutex, until - now);
  }
  return !inbox_->ending;
}

void SpanExporter::AskWorkers() {
  {
    MutexLock lock(&inbox_->mutex);
    inbox_->asked = sources_.size();
  }
  for (const Source& source : sources_) {
    source([inbox = inbox_](TraceLog::Batch batch) {
      MutexLock lock(&inbox->mutex);
      inbox->Add(std::move(batch));
      --inbox->asked;
      inbox->changed.SignalAll();
    });
  }
  MutexLock lock(&inbox_->mutex);
  while (inbox_->asked > 0 && !inbox_->ending) {
    inbox_->changed.Wait(&inbox_->mutex);
  }
}

std::vector<TracedRequest> SpanExporter::TakeWaiting() {
  std::vector<std::deque<TracedRequest>> waiting;
  {
    MutexLock lock(&inbox_->mutex);
    waiting = std::exchange(inbox_->waiting, {});
  }
  std::vector<TracedRequest> all;
  for (std::deque<TracedRequest>& requests : waiting) {
    all.insert(all.end(), std::make_move_iterator(requests.begin()),
               std::make_move_iterator(requests.end()));
  }
  return all;
}

void SpanExporter::SendAll() {
  const std::vector<TracedRequest> taken = TakeWaiting();
  const absl::Time taken_at = clock_.Now();
  std::span<const TracedRequest> rest = taken;
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.size(), kRequestsPerCall);
    Send(rest.first(size), taken_at);
    rest = rest.subspan(size);
  }
}

void SpanExporter::Send(std::span<const TracedRequest> requests,
                        absl::Time taken_at) {
  const std::uint64_t spans = SpansIn(requests);
  const CollectorClient::Request message =
      BuildExport(options_.resource, requests);
  while (clock_.Now() - taken_at < options_.give_up_after) {
    CollectorClient::Response response;
    const grpc::Status status =
        collector_.Export(message, options_.call_limit, response);
    const ExportVerdict verdict = VerdictOf(status);
    if (verdict == ExportVerdict::kTaken) return OnTaken(spans, response);
    Note(Condition::kFails, absl::StrCat("code ", status.error_code(), ": ",
                                         Printable(status.error_message())));
    if (verdict == ExportVerdict::kRefused) {
      rejected_ += spans;
      return;
    }
    const absl::Duration delay = std::max(
        backoff_.Next(), RetryDelayOf(status).value_or(absl::ZeroDuration()));
    if (!Pause(delay)) break;
  }
  undelivered_ += spans;
}

void SpanExporter::OnTaken(std::size_t spans,
                           const CollectorClient::Response& response) {
  backoff_.Reset();
  const auto& partial = response.partial_success();
  const std::uint64_t rejected = std::min<std::uint64_t>(
      spans, static_cast<std::uint64_t>(
                 std::max<std::int64_t>(partial.rejected_spans(), 0)));
  exported_ += spans - rejected;
  rejected_ += rejected;
  const bool complains = rejected > 0 || !partial.error_message().empty();
  Note(complains ? Condition::kComplains : Condition::kFine,
       absl::StrCat(rejected,
                    " spans rejected: ", Printable(partial.error_message())));
}

void SpanExporter::Note(Condition condition, const std::string& why) {
  failing_ = condition == Condition::kFails;
  if (std::exchange(condition_, condition) == condition) return;
  switch (condition) {
    case Condition::kFine:
      return spdlog::info("traces: {} takes them", options_.endpoint);
    case Condition::kComplains:
      return spdlog::warn("traces: {} says: {}", options_.endpoint, why);
    case Condition::kFails:
      return spdlog::warn("traces: {} does not take them: {}",
                          options_.endpoint, why);
  }
}

}  // namespace weir::dataplane
