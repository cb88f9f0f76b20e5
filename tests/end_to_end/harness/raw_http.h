// Bytes to a server as they are, and what came back.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_RAW_HTTP_H_
#define WEIR_TESTS_END_TO_END_HARNESS_RAW_HTTP_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace weir::testing {

struct RawAnswer {
  // Everything that came.
  std::string bytes;
  // The status of each answer in it.
  std::vector<int> statuses;
  // Whether the server closed (or reset) the connection.
  bool closed = false;
};

// Sends `bytes` and reads until the server closes, or has been silent for
// `silence`. UNAVAILABLE when there is no connection.
absl::StatusOr<RawAnswer> SendRaw(const std::string& address,
                                  const std::string& bytes,
                                  absl::Duration silence);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_RAW_HTTP_H_
