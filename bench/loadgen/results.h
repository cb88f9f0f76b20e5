// What came of the requests, counted.
#ifndef WEIR_BENCH_LOADGEN_RESULTS_H_
#define WEIR_BENCH_LOADGEN_RESULTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bench/event_loop/event_loop.h"
#include "common/histogram.h"

namespace weir::bench {

// What was asked for.
enum class Kind { kJson, kSse };
inline constexpr std::size_t kKinds = 2;

enum class Fate {
  kOk,
  kStatus,     // An answer that is not 2xx.
  kSseError,   // A stream that ended with an error event.
  kTruncated,  // A stream without its terminal event, a body cut short.
  kReset,      // RST in the middle of an answer.
  kLost,       // The connection ended before the answer's first byte.
  kTimeout,
  kConnect,     // No connection could be made.
  kInvalid,     // What came is no HTTP answer.
  kUnfinished,  // Cut by us, as planned: not a failure.
};
inline constexpr std::size_t kFates = 10;
std::string_view NameOf(Fate fate);

struct KindResults {
  std::array<std::uint64_t, kFates> fates{};
  std::uint64_t events = 0;  // Of streams, unfinished ones too.
  // From the intended time of sending to the end of the answer, of those that
  // were intended after the warm-up and went well.
  Histogram latency;
  // To the first byte of a stream's body.
  Histogram first_event;

  std::uint64_t of(Fate fate) const {
    return fates[static_cast<std::size_t>(fate)];
  }
  std::uint64_t requests() const;
  std::uint64_t failed() const;
};

struct Results {
  std::array<KindResults, kKinds> kinds;
  std::uint64_t warmup_events = 0;        // Of all streams, in the warm-up.
  std::map<int, std::uint64_t> statuses;  // Not 2xx.
  std::map<std::string, std::uint64_t> header_values;
  std::uint64_t unsent = 0;  // Due, but no connection was free in time.
  std::uint64_t connections_opened = 0;
  // The server closed a connection between two requests: no request was lost.
  std::uint64_t idle_closes = 0;
  Nanoseconds warmup{0};
  Nanoseconds measured{0};  // After the warm-up.

  // The first failures, to see what happened.
  struct Failure {
    Nanoseconds at;  // Since the start.
    Kind kind;
    Fate fate;
    std::string detail;
  };
  std::vector<Failure> failures;

  KindResults& of(Kind kind) { return kinds[static_cast<std::size_t>(kind)]; }
  const KindResults& of(Kind kind) const {
    return kinds[static_cast<std::size_t>(kind)];
  }
  void AddFailure(Failure failure);
};

// One JSON object on one line.
std::string ToJson(const Results& results);
// For people.
std::string ToTable(const Results& results);

}  // namespace weir::bench

#endif  // WEIR_BENCH_LOADGEN_RESULTS_H_
