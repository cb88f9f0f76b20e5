// A worker's requests that are traced, until somebody fetches them.
#ifndef WEIR_DATAPLANE_TRACE_TRACE_LOG_H_
#define WEIR_DATAPLANE_TRACE_TRACE_LOG_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "common/random.h"
#include "dataplane/trace/sampling.h"
#include "dataplane/trace/traced_request.h"
#include "dataplane/trace_context.h"

namespace weir::dataplane {

// Not thread-safe: used on its worker's thread.
class TraceLog {
 public:
  struct Batch {
    // Which grows without moving what it holds.
    std::deque<TracedRequest> requests;
    // That there was no room for.
    std::uint64_t dropped_spans = 0;
  };

  // `sample` of the traces that begin here are kept, 0 to 1. At most `most`
  // requests wait.
  explicit TraceLog(double sample, std::size_t most = kMostWaiting)
      : sample_(sample), most_(most) {}

  // Of a request whose client is in no trace.
  TraceContext Begin(Random& random) const {
    const std::uint64_t high = random.Bits();
    // One bit less of chance, and never the zero that is none.
    const std::uint64_t low = random.Bits() | 1;
    return TraceContext::Begin(high, low, SampleByShare(low, sample_), random);
  }

  void Add(TracedRequest request) {
    if (batch_.requests.size() < most_) {
      batch_.requests.push_back(std::move(request));
    } else {
      batch_.dropped_spans += SpanCount(request);
    }
  }

  Batch Take() { return std::exchange(batch_, {}); }

 private:
  // They are fetched every second, and take about 1 KB each.
  static constexpr std::size_t kMostWaiting = 4096;

  const double sample_;
  const std::size_t most_;
  Batch batch_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_TRACE_LOG_H_
