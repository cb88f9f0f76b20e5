// Carries traced requests from the workers to a collector.
#ifndef WEIR_DATAPLANE_TRACE_SPAN_EXPORTER_H_
#define WEIR_DATAPLANE_TRACE_SPAN_EXPORTER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/backoff.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/random.h"
#include "dataplane/trace/collector_client.h"
#include "dataplane/trace/span_build.h"
#include "dataplane/trace/trace_log.h"
#include "dataplane/trace/traced_request.h"

namespace weir::dataplane {

// What became of spans since the start.
struct TraceCounts {
  std::uint64_t exported = 0;
  // Dropped: a worker had no room, for they were not fetched fast enough.
  std::uint64_t queue_full = 0;
  // The collector was away for too long, or when the node ended.
  std::uint64_t undelivered = 0;
  // It would not have them.
  std::uint64_t rejected = 0;
  // The last call failed.
  bool failing = false;
};

struct SpanExporterOptions {
  // host:port of the collector.
  std::string endpoint;
  CollectorClient::Credentials credentials;
  TraceResource resource;
  // How often workers are asked.
  absl::Duration every = absl::Seconds(1);
  // Of one call.
  absl::Duration call_limit = absl::Seconds(10);
  // Spans that could not be sent for so long are dropped.
  absl::Duration give_up_after = absl::Minutes(1);
  // Between two calls that fail.
  absl::Duration backoff_base = absl::Seconds(1);
  absl::Duration backoff_cap = absl::Seconds(30);
};

// A thread of its own asks each worker now and then, and sends what they had in
// pieces. While it can't, it asks nobody: what workers have no room for is
// dropped there.
//
// Thread safety: every method may be called from any thread, but for Finish(),
// which is called once.
class SpanExporter {
 public:
  // What Worker::TakeTraces() is: calls its argument once, on any thread, or
  // never where the worker has stopped.
  using Source = std::function<void(std::function<void(TraceLog::Batch)>)>;

  // Begins at once. `clock` and `random` outlive this; `random` is the thread's
  // alone.
  SpanExporter(SpanExporterOptions options, std::vector<Source> sources,
               const Clock& clock, Random& random);
  // What waits is dropped.
  ~SpanExporter();
  SpanExporter(const SpanExporter&) = delete;
  SpanExporter& operator=(const SpanExporter&) = delete;

  // Sends what waits and `last`, which the workers had when they stopped, for
  // at most `limit`. Nobody is asked any more.
  void Finish(std::vector<TraceLog::Batch> last, absl::Duration limit);

  TraceCounts counts() const;

 private:
  // What workers gave and nobody has sent: outlives this in their hands.
  struct Inbox {
    Mutex mutex;
    CondVar changed;
    std::vector<std::deque<TracedRequest>> waiting ABSL_GUARDED_BY(mutex);
    std::uint64_t dropped_spans ABSL_GUARDED_BY(mutex) = 0;
    // Who was asked and has not answered.
    std::size_t asked ABSL_GUARDED_BY(mutex) = 0;
    bool ending ABSL_GUARDED_BY(mutex) = false;
    // The thread has nothing left to do.
    bool ended ABSL_GUARDED_BY(mutex) = false;

    void Add(TraceLog::Batch batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  };
  // For whom the last call says something to operators, once.
  enum class Condition { kFine, kComplains, kFails };

  void Run();
  // Waits; false where the end has come first.
  bool Pause(absl::Duration delay);
  void AskWorkers();
  std::vector<TracedRequest> TakeWaiting();
  void SendAll();
  // Tries until they are taken, refused or too old.
  void Send(std::span<const TracedRequest> requests, absl::Time taken_at);
  void OnTaken(std::size_t spans, const CollectorClient::Response& response);
  void Note(Condition condition, const std::string& why);

  const SpanExporterOptions options_;
  const std::vector<Source> sources_;
  const Clock& clock_;
  CollectorClient collector_;
  const std::shared_ptr<Inbox> inbox_;

  std::atomic<std::uint64_t> exported_ = 0;
  std::atomic<std::uint64_t> undelivered_ = 0;
  std::atomic<std::uint64_t> rejected_ = 0;
  std::atomic<bool> failing_ = false;

  // The thread's.
  Backoff backoff_;
  Condition condition_ = Condition::kFine;

  std::thread thread_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_SPAN_EXPORTER_H_
