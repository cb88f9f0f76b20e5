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
// at its begin. So the tap keeps what follows the last mention of token counts,
// as long as that is within the last kUsageTail bytes, and reads it when the
// answer is over. Most streams mention none before their end, and take no
// memory here till then.
//
// Not thread-safe; lives as long as its answer is relayed.
class UsageTap {
 public:
  explicit UsageTap(AnswerFormat format) : format_(format) {}

  // The next bytes of the answer's body.
  void See(std::string_view piece) {
    if (!SaysUsage(format_)) return;
    if (format_ == AnswerFormat::kMessages) KeepHead(piece);
    open_.empty() ? Look(piece) : LookAcross(piece);
  }

  // What passed says of itself: as ReadUsageOfWhole() of all of it.
  UsageReading Read() const;

 private:
  void KeepHead(std::string_view piece);
  void Look(std::string_view text);
  // The same where `open_` belongs before it.
  void LookAcross(std::string_view piece);

  const AnswerFormat format_;
  std::string head_;
  // From the name of the last counts on.
  std::string tail_;
  // Behind that: what may turn out to be a later name.
  std::string open_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_USAGE_TAP_H_
