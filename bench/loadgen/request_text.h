// The requests that are sent, as bytes.
#ifndef WEIR_BENCH_LOADGEN_REQUEST_TEXT_H_
#define WEIR_BENCH_LOADGEN_REQUEST_TEXT_H_

#include <netinet/in.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "bench/loadgen/results.h"

namespace weir::bench {

struct Target {
  sockaddr_in address;
  std::string host_header;
  std::string path;
};

// `http://host:port/path`; the path is /v1/chat/completions if there is none.
// INVALID_ARGUMENT says what is wrong.
absl::StatusOr<Target> ParseTarget(std::string_view url);

struct RequestShape {
  std::string key;  // Empty: none is sent.
  std::string model = "bench";
  std::size_t body_bytes = 250;  // At least; the prompt is filled up.
  int max_tokens = 0;            // 0: not limited.
};

// A chat completion, head and body.
std::string RequestText(const Target& target, const RequestShape& shape,
                        Kind kind);

}  // namespace weir::bench

#endif  // WEIR_BENCH_LOADGEN_REQUEST_TEXT_H_
