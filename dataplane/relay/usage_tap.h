// Token counts, read as bytes pass.
#ifndef WEIR_DATAPLANE_RELAY_USAGE_TAP_H_
#define WEIR_DATAPLANE_RELAY_USAGE_TAP_H_

#include <algorithm>
#include <cstddef>
#include <memory>
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
    Keep(piece);
  }

  // What passed says of itself.
  UsageReading Read() const { return ReadUsage(format_, head_, Tail()); }

 private:
  void Keep(std::string_view piece) {
    if (tail_ == nullptr) {
      tail_ = std::make_unique_for_overwrite<char[]>(kUsageTail);
    }
    if (piece.size() > kUsageTail) {
      piece.remove_prefix(piece.size() - kUsageTail);
    }
    const std::size_t before_end = std::min(piece.size(), kUsageTail - next_);
    piece.copy(tail_.get() + next_, before_end);
    next_ += before_end;
    if (next_ < kUsageTail) return;
    is_full_ = true;
    next_ = piece.substr(before_end).copy(tail_.get(), kUsageTail);
  }

  // In the order in which it passed.
  std::string Tail() const {
    if (tail_ == nullptr) return {};
    std::string tail;
    if (is_full_) tail.assign(tail_.get() + next_, kUsageTail - next_);
    return tail.append(tail_.get(), next_);
  }

  const AnswerFormat format_;
  std::string head_;
  // The last kUsageTail bytes, over and over: where the next ones go, and
  // whether what stands behind is older.
  std::unique_ptr<char[]> tail_;
  std::size_t next_ = 0;
  bool is_full_ = false;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_USAGE_TAP_H_
