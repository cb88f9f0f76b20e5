// The requests that are sent, as bytes.
#ifndef WEIR_BENCH_LOADGEN_REQUEST_TEXT_H_
#define WEIR_BENCH_LOADGEN_REQUEST_TEXT_H_

#include <netinet/in.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/loadgen/results.h"

namespace weir::bench {

struct Target {
  sockaddr_in address;
  std::string host_header;
  std::string path;
};

// Whose API the server is asked by.
enum class Api { kOpenAi, kAnthropic, kGemini };

// `http://host:port/path`; the path is /v1/chat/completions if there is none.
// INVALID_ARGUMENT says what is wrong.
absl::StatusOr<Target> ParseTarget(std::string_view url);

struct RequestShape {
  // Anthropic's and Gemini's have paths of their own, whatever the target's is.
  Api api = Api::kOpenAi;
  std::string key = {};  // Empty: none is sent.
  std::string model = "bench";
  // Requests take turns among so many keys and models, at least 1 of each.
  // Beyond 1, the i-th is called NAME-i, from 0 on.
  std::size_t keys = 1;
  std::size_t models = 1;
  std::size_t body_bytes = 250;  // At least; the prompt is filled up.
  // 0: not limited; 1000 by Anthropic's API, which wants a limit.
  int max_tokens = 0;
};

// A chat completion, a message or generated content, head and body.
std::string RequestText(const Target& target, const RequestShape& shape,
                        Kind kind);

// One for each turn, as many as there are keys or models, whichever are more.
std::vector<std::string> RequestTexts(const Target& target,
                                      const RequestShape& shape, Kind kind);

}  // namespace weir::bench

#endif  // WEIR_BENCH_LOADGEN_REQUEST_TEXT_H_
