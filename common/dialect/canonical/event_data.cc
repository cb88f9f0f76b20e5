#include "common/dialect/canonical/event_data.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::dialect::canonical {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Behind the empty line that `bytes` begins with, or the first one behind
// `from`; kNone where there is none.
std::size_t EndOfEvent(std::string_view bytes, std::size_t from) {
  if (bytes.starts_with("\n")) return 1;
  if (bytes.starts_with("\r\n")) return 2;
  for (std::size_t at = bytes.find('\n', from); at != kNone;
       at = bytes.find('\n', at + 1)) {
    const std::string_view next = bytes.substr(at + 1, 2);
    if (next.starts_with("\n")) return at + 2;
    if (next == "\r\n") return at + 3;
  }
  return kNone;
}

}  // namespace

void EventData::Feed(std::string_view piece) {
  if (partial_.empty()) {
    rest_ = piece;
    return;
  }
  partial_ += piece;
  rest_ = partial_;
}

std::optional<std::string_view> EventData::Next() {
  const std::size_t end = EndOfEvent(rest_, searched_);
  if (end != kNone) {
    searched_ = 0;
    const std::string_view event = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return DataOf(event);
  }
  // The end may lie across: LF CR | LF.
  searched_ = rest_.size() - std::min<std::size_t>(rest_.size(), 3);
  if (rest_.size() < partial_.size()) {
    partial_.erase(0, partial_.size() - rest_.size());
  } else if (partial_.empty()) {
    partial_ = rest_;
  }
  rest_ = {};
  return std::nullopt;
}

std::string_view EventData::DataOf(std::string_view event) {
  constexpr std::string_view kField = "data:";
  std::string_view data;
  bool found = false;
  while (!event.empty()) {
    const std::size_t end = event.find('\n');
    std::string_view line = event.substr(0, end);
    event.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with(kField)) continue;
    line.remove_prefix(kField.size());
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (!found) {
      data = line;
      found = true;
      continue;
    }
    // From the second line on, `data` is what is joined.
    if (data.data() != joined_.data()) joined_ = data;
    joined_ += '\n';
    joined_ += line;
    data = joined_;
  }
  return data;
}

}  // namespace weir::dialect::canonical
