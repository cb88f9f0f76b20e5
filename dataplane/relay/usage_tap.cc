#include "dataplane/relay/usage_tap.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "common/concat.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/usage_scan.h"

namespace weir::dataplane {

void UsageTap::KeepHead(std::string_view piece) {
  if (head_.size() >= kUsageTail) return;
  head_ += piece.substr(0, kUsageTail - head_.size());
}

void UsageTap::LookAcross(std::string_view piece) {
  const std::string joined = Concat(open_, piece);
  open_.clear();
  Look(joined);
}

void UsageTap::Look(std::string_view text) {
  text.remove_prefix(text.size() - std::min(text.size(), kUsageTail));
  const std::size_t open = OpenUsage(format_, text);
  const std::string_view settled = text.substr(0, open);
  const std::size_t last = LastUsage(format_, settled);
  if (last != std::string_view::npos) {
    tail_ = settled.substr(last);
  } else if (!tail_.empty()) {
    tail_ += settled;
  }
  if (tail_.size() > kUsageTail) {
    tail_.clear();
    tail_.shrink_to_fit();
  }
  if (open != std::string_view::npos) open_ = text.substr(open);
}

UsageReading UsageTap::Read() const {
  const std::string tail = Concat(tail_, open_);
  return ReadUsage(format_, head_, tail.size() > kUsageTail ? open_ : tail);
}

}  // namespace weir::dataplane
