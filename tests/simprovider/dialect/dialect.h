// What differs between providers' APIs. The simulator's own: it shares nothing
// with the gateway's dialects, so that it can't share their mistakes.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_DIALECT_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_DIALECT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simprovider/dialect/answer.h"
#include "tests/simprovider/dialect/http_request.h"

namespace weir::simprovider {

// How a stream brings the arguments of several calls.
enum class CallOrder {
  kInTurn,
  kInterleaved,  // A piece of each in turn.
};

// By which event a stream of OpenAI's responses says that it failed.
enum class FailureForm {
  kError,   // `error`.
  kFailed,  // `response.failed`.
};

// What an answer depends on besides the request.
struct Circumstances {
  // Length of an answer, unless the request asks for less.
  int tokens;
  std::int64_t unix_seconds;
  // What may be asked for; empty: anything.
  const std::vector<std::string>& models;
  // How many calls answer a request with tools, and how a stream of OpenAI's
  // brings several.
  int tool_calls = 1;
  CallOrder call_order = CallOrder::kInTurn;
  FailureForm failure_form = FailureForm::kError;
  // How much of each prompt was cached, at most.
  int cached_tokens = 0;
};

// What a client that asks too often is told.
struct RateState {
  std::int64_t limit;          // Requests a window.
  std::int64_t remaining;      // In this window.
  std::int64_t reset_seconds;  // Until the next one, rounded up.
  std::int64_t unix_seconds;   // Now.
};

// Thread safety: each thread has its own. Streams of answers refer to the
// dialect that made them.
class Dialect {
 public:
  virtual ~Dialect() = default;

  // REQUIRES: the request is not about the simulator itself (/__...).
  virtual Answer Respond(const Request& request,
                         const Circumstances& circumstances) = 0;

  // Whether `request` shows `key` in this API's way.
  virtual bool ShowsKey(const Request& request, std::string_view key) const = 0;

  // What a client that does not show it is told.
  virtual Answer WrongKey() const = 0;

  // The body of an error with this HTTP status.
  virtual std::string ErrorBody(int status, std::string_view message) const = 0;

  // The error of a provider that breaks down in mid-stream.
  virtual int BreakdownStatus() const = 0;

  // What says in mid-stream that all went wrong, after so many events of
  // `answer`.
  virtual std::string ErrorEvent(const Answer& answer, std::size_t after_events,
                                 std::string_view error_body) const = 0;

  // The answer with status 429.
  virtual Answer TooManyRequests(const RateState& rate) const = 0;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_DIALECT_H_
