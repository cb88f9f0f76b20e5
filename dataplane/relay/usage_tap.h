// Token counts, read as bytes pass.
#ifndef WEIR_DATAPLANE_RELAY_USAGE_TAP_H_
#define WEIR_DATAPLANE_RELAY_USAGE_TAP_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/relay/usage_scan.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// Behind the usage of a stream comes its end marker, behind that of a response
// its metadata.
inline constexpr std::size_t kUsageTail = std::size_t{2} << 10;

// Whether answers of the endpoint say what they took.
inline bool SaysUsage(Endpoint endpoint) {
  return endpoint == Endpoint::kChatCompletions ||
         endpoint == Endpoint::kCompletions ||
         endpoint == Endpoint::kResponses || endpoint == Endpoint::kEmbeddings;
}

// What the last kUsageTail bytes of an answer's body say.
inline UsageReading ReadUsageAtEnd(Endpoint endpoint, std::string_view body) {
  if (!SaysUsage(endpoint)) return {};
  body.remove_prefix(body.size() - std::min(body.size(), kUsageTail));
  UsageReading reading = ReadUsage(body);
  // Nothing comes out of an embedding, and nobody says so.
  if (endpoint == Endpoint::kEmbeddings && reading.usage.input.has_value() &&
      !reading.usage.output.has_value()) {
    reading.usage.output = 0;
  }
  return reading;
}

// Providers say what a request took at the end of their answer. So the tap
// keeps the end of what passes, at the price of a copy, and looks at nothing
// before the answer is over.
//
// Not thread-safe; lives as long as its answer is relayed.
class UsageTap {
 public:
  explicit UsageTap(Endpoint endpoint) : endpoint_(endpoint) {}

  // The next bytes of the answer's body.
  void See(std::string_view piece) {
    if (!SaysUsage(endpoint_)) return;
    if (piece.size() >= kUsageTail) {
      tail_.assign(piece.substr(piece.size() - kUsageTail));
      return;
    }
    // Seldom, so that most pieces are copied once.
    if (tail_.size() + piece.size() > 2 * kUsageTail) {
      tail_.erase(0, tail_.size() - kUsageTail);
    }
    tail_ += piece;
  }

  // What the end of what passed says.
  UsageReading Read() const { return ReadUsageAtEnd(endpoint_, tail_); }

 private:
  const Endpoint endpoint_;
  std::string tail_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_USAGE_TAP_H_
