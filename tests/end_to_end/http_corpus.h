// The requests of testdata/http11probe.json, and what we make of them.
#ifndef WEIR_TESTS_END_TO_END_HTTP_CORPUS_H_
#define WEIR_TESTS_END_TO_END_HTTP_CORPUS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace weir::testing {

// What a server must do with a request.
enum class Verdict {
  kRefuse,   // Answer 4xx or 5xx, or close, and read no further request.
  kSilence,  // As kRefuse, or wait for the rest that never comes.
  kEither,   // Refuse it or take it, but not as more than one request.
  kTake,     // It is well formed.
};

struct CorpusCase {
  std::string id;
  // As the corpus says it: `400 or close`.
  std::string expected;
  Verdict verdict;
  std::string bytes;
};

absl::StatusOr<std::vector<CorpusCase>> ReadCorpus();

// The same oddity in a request that would reach a provider if it were let
// through: POST of a chat with `key`. Requests that bring a body or a framing
// of their own keep it, and so do those whose first line is the oddity.
CorpusCase AsChat(const CorpusCase& original, const std::string& key);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HTTP_CORPUS_H_
