// What differs between providers' APIs. The simulator's own: it shares nothing
// with the gateway's dialects, so that it can't share their mistakes.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/simprovider/answer.h"
#include "tests/simprovider/http_request.h"

namespace weir::simprovider {

// What an answer depends on besides the request.
struct Circumstances {
  // Length of an answer, unless the request asks for less.
  int tokens;
  std::int64_t unix_seconds;
  // What may be asked for; empty: anything.
  const std::vector<std::string>& models;
};

// Thread safety: each thread has its own. Streams of answers refer to the
// dialect that made them.
class Dialect {
 public:
  virtual ~Dialect() = default;

  // REQUIRES: the request is not about the simulator itself (/__...).
  virtual Answer Respond(const Request& request,
                         const Circumstances& circumstances) = 0;

  // The body of an error with this HTTP status.
  virtual std::string ErrorBody(int status, std::string_view message) const = 0;

  // The event that says in mid-stream that all went wrong.
  virtual std::string ErrorEvent(std::string_view error_body) const = 0;
};

// INVALID_ARGUMENT names a dialect that this version does not speak.
absl::StatusOr<std::unique_ptr<Dialect>> MakeDialect(std::string_view dialect,
                                                     std::string_view name);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_H_
