// Token counts, read as bytes pass.
#ifndef WEIR_DATAPLANE_RELAY_USAGE_TAP_H_
#define WEIR_DATAPLANE_RELAY_USAGE_TAP_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/usage_scan.h"

namespace weir::dataplane {

// Behind the usage of a stream comes its end marker, behind that of a response
// its metadata. Before that of Anthropic's message_start stand some ids.
inline constexpr std::size_t kUsageTail = std::size_t{2} << 10;

// What an answer says that is held as a whole.
inline UsageReading ReadUsageOfWhole(AnswerFormat format,
                                     std::string_view body) {
  const std::size_t size = std::min(body.size(), kUsageTail);
  return ReadUsage(format, body.substr(0, size),
                   body.substr(body.size() - size));
}

// Providers say what a request took at the end of their answer, Anthropic also
// at its begin. So the tap keeps the ends of what passes, at the price of a
// copy, and looks at nothing before the answer is over.
//
// Not thread-safe; lives as long as its answer is relayed.
class UsageTap {
 public:
  explicit UsageTap(AnswerFormat format) : format_(format) {}

  // The next bytes of the answer's body.
  void See(std::string_view piece) {
    if (!SaysUsage(format_)) return;
    if (format_ == AnswerFormat::kMessages && head_.size() < kUsageTail) {
      head_ += piece.substr(0, kUsageTail - head_.size());
    }
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

  // What passed says of itself.
  UsageReading Read() const {
    const std::size_t size = std::min(tail_.size(), kUsageTail);
    return ReadUsage(format_, head_,
                     std::string_view(tail_).substr(tail_.size() - size));
  }

 private:
  const AnswerFormat format_;
  std::string head_;
  std::string tail_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_USAGE_TAP_H_
