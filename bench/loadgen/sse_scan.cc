#include "bench/loadgen/sse_scan.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::bench {
namespace {

constexpr std::string_view kBoundary = "\n\n";

bool BeginsWithAny(std::string_view text,
                   std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view b) { return text.starts_with(b); });
}

}  // namespace

void SseScan::Feed(std::string_view bytes) {
  // Gemini ends its lines so; within data there is none.
  if (bytes.find('\r') != std::string_view::npos) {
    std::string lines(bytes);
    std::erase(lines, '\r');
    return Feed(lines);
  }
  if (!partial_.empty()) {
    // The boundary may lie across the cut.
    const std::size_t from = partial_.size() - 1;
    partial_.append(bytes);
    const std::size_t end = partial_.find(kBoundary, from);
    if (end == std::string::npos) return;
    OnEvent(std::string_view(partial_).substr(0, end));
    bytes.remove_prefix(end + kBoundary.size() -
                        (partial_.size() - bytes.size()));
    partial_.clear();
  }
  for (;;) {
    const std::size_t end = bytes.find(kBoundary);
    if (end == std::string_view::npos) break;
    OnEvent(bytes.substr(0, end));
    bytes.remove_prefix(end + kBoundary.size());
  }
  partial_.assign(bytes);
}

void SseScan::Reset() {
  partial_.clear();
  events_ = 0;
  terminated_ = error_ = false;
}

void SseScan::OnEvent(std::string_view event) {
  if (event.empty() || event.front() == ':') return;
  ++events_;
  if (BeginsWithAny(event,
                    {"data: [DONE]", "event: response.completed",
                     "event: response.incomplete", "event: message_stop"}) ||
      (event.starts_with("data: {\"candidates\"") &&
       event.find("\"finishReason\"") != std::string_view::npos)) {
    terminated_ = true;
  } else if (BeginsWithAny(event, {"data: {\"error\"", "event: error",
                                   "event: response.failed"})) {
    error_ = true;
  }
}

}  // namespace weir::bench
