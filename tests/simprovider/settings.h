// How the provider behaves at present: its speed and what is wrong with it.
#ifndef WEIR_TESTS_SIMPROVIDER_SETTINGS_H_
#define WEIR_TESTS_SIMPROVIDER_SETTINGS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/random.h"
#include "tests/simprovider/dialect/dialect.h"
#include "tests/simprovider/latency.h"

namespace weir::simprovider {

// Which requests a fault befalls.
struct Match {
  double probability = 1.0;  // In [0, 1].
  // Only these; a path that ends with `*` stands for all that begin so. Empty:
  // all.
  std::string path = {};
  std::string model = {};
  // Only so many more; null: without end. Shared by copies of the settings, so
  // that all threads count down the same number.
  std::shared_ptr<std::atomic<std::int64_t>> remaining = {};

  // Whether it befalls this one; counts it if so.
  bool Hits(std::string_view request_path, std::string_view request_model,
            Random& random) const;
};

// Answers with an error instead.
struct StatusFault {
  Match match = {};
  int code = 500;
  std::vector<std::pair<std::string, std::string>> headers = {};
  // As it is; without one the dialect's own error body.
  std::optional<std::string> body = {};
};

// Goes silent, or resets the connection, after so many bytes of the answer, its
// head included.
struct CutFault {
  Match match = {};
  std::size_t after_bytes = 0;
};

// Ends the answer before it is whole. A stream ends after so many bytes or
// events of its body (2 events if nothing is said), a JSON body after so many
// bytes (half of it).
struct TruncateFault {
  enum class End {
    kClean,   // A stream's framing is in order; only its terminal event lacks.
    kAbrupt,  // The connection is closed instead.
  };
  Match match = {};
  std::optional<std::size_t> after_bytes = {};
  std::optional<std::size_t> after_events = {};
  End end = End::kClean;  // A JSON body always ends abruptly.
};

// Sends what no HTTP client may accept.
struct GarbageFault {
  enum class Kind {
    kNotHttp,
    kTwoLengths,         // Both Content-Length and Transfer-Encoding.
    kTwoContentLengths,  // Different ones.
    kBadChunk,           // A chunk size that is no number.
    kLargeHead,
    kTwoAnswers,  // A second answer to one request.
  };
  Match match = {};
  Kind kind = Kind::kNotHttp;
  std::size_t bytes = 1 << 20;  // Of a large head.
};

// An error event in a stream that began with 200; then the stream ends.
struct StreamErrorFault {
  Match match = {};
  std::size_t after_events = 0;
  // JSON; without one the dialect's own error.
  std::optional<std::string> body = {};
};

// Comments before the first event of a stream, as a busy provider sends to keep
// the connection.
struct CommentsFault {
  Match match = {};
  int lines = 1;
  absl::Duration interval = absl::ZeroDuration();
};

// Answers 429 beyond so many requests a window.
struct RateLimit {
  std::int64_t requests = 0;
  absl::Duration window = absl::Minutes(1);
};

struct Settings {
  Latency latency;
  // Of the tokens of one answer; nullopt: all at once.
  std::optional<double> tokens_per_second;
  int tokens = 16;
  // How many calls answer a request with tools, unless it wants one at most.
  int tool_calls = 1;
  CallOrder call_order = CallOrder::kInTurn;
  FailureForm failure_form = FailureForm::kError;
  // How many tokens of each prompt come out of a cache, at most.
  int cached_tokens = 0;
  // What may be asked for; empty: anything.
  std::vector<std::string> models;
  // What a client must show; nullopt: nothing.
  std::optional<std::string> api_key;
  // A connection that has been idle for so long is closed.
  std::optional<absl::Duration> idle_close;
  std::optional<RateLimit> rate_limit;

  std::optional<StatusFault> status;
  std::optional<CutFault> hang;
  std::optional<CutFault> reset_connection;
  std::optional<TruncateFault> truncate;
  std::optional<GarbageFault> garbage;
  std::optional<StreamErrorFault> stream_error;
  std::optional<CommentsFault> comments;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_SETTINGS_H_
