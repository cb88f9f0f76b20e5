// The trace that a client says its request is part of.
#ifndef WEIR_DATAPLANE_TRACE_CONTEXT_H_
#define WEIR_DATAPLANE_TRACE_CONTEXT_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/random.h"

namespace weir::dataplane {

// A `traceparent` (W3C Trace Context, level 1, section 3.2) as the provider
// gets it: of the same trace, with a parent id of weir's own.
class TraceContext {
 public:
  // nullopt where `value` is none; nobody is helped by half a trace.
  static std::optional<TraceContext> Continue(std::string_view value,
                                              Random& random) {
    if (!IsTraceParent(value)) return std::nullopt;
    TraceContext context;
    std::copy_n(value.begin(), kBytes, context.text_.begin());
    // Whatever the client's version, this one is known here.
    context.text_[0] = context.text_[1] = '0';
    // Zero is no id.
    std::uint64_t bits = random.Bits() | 1;
    for (std::size_t i = 0; i < kParentBytes; ++i, bits >>= 4) {
      context.text_[kParent + kParentBytes - 1 - i] = kDigits[bits & 15];
    }
    return context;
  }

  // The value of a header.
  std::string_view text() const { return {text_.data(), text_.size()}; }
  std::string_view trace_id() const { return text().substr(kTrace, 32); }

 private:
  // 00-TRACE-PARENT-FLAGS
  static constexpr std::size_t kTrace = 3;
  static constexpr std::size_t kParent = 36;
  static constexpr std::size_t kParentBytes = 16;
  static constexpr std::size_t kFlags = 53;
  static constexpr std::size_t kBytes = 55;
  static constexpr std::string_view kDigits = "0123456789abcdef";

  static bool IsTraceParent(std::string_view value) {
    if (value.size() < kBytes) return false;
    const std::string_view version = value.substr(0, 2);
    // A later version may have more behind another dash.
    if (version == "00" ? value.size() > kBytes
                        : value.size() > kBytes && value[kBytes] != '-') {
      return false;
    }
    return value[2] == '-' && value[kParent - 1] == '-' &&
           value[kFlags - 1] == '-' && IsHex(version) && version != "ff" &&
           IsId(value.substr(kTrace, 32)) &&
           IsId(value.substr(kParent, kParentBytes)) &&
           IsHex(value.substr(kFlags, 2));
  }
  static bool IsHex(std::string_view text) {
    return text.find_first_not_of(kDigits) == std::string_view::npos;
  }
  static bool IsId(std::string_view text) {
    return IsHex(text) && text.find_first_not_of('0') != std::string_view::npos;
  }

  std::array<char, kBytes> text_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_CONTEXT_H_
