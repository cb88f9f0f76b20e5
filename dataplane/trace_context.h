// The trace that a request is part of.
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

// Whether anybody is to keep a trace's spans.
enum class Sampled { kNo, kYes };

// A `traceparent` (W3C Trace Context, level 1, section 3.2) as the next one
// gets it: of the client's trace or one that begins here, with a span of weir's
// own as the parent.
class TraceContext {
 public:
  // The client's trace goes on. nullopt where `value` is none; nobody is helped
  // by half a trace.
  static std::optional<TraceContext> Continue(std::string_view value,
                                              Random& random) {
    if (!IsTraceParent(value)) return std::nullopt;
    TraceContext context;
    std::copy_n(value.begin(), kBytes, context.text_.begin());
    // Whatever the client's version, this one is known here.
    context.text_[0] = context.text_[1] = '0';
    std::copy_n(value.begin() + kSpan, kSpanBytes, context.parent_.begin());
    context.has_parent_ = true;
    context.WriteHex(NewSpan(random), kSpan);
    return context;
  }
  // A trace whose first span is the request's. Not both halves of its id are 0.
  static TraceContext Begin(std::uint64_t high, std::uint64_t low,
                            Sampled sampled, Random& random) {
    TraceContext context;
    std::copy_n(kUnsampled.begin(), kBytes, context.text_.begin());
    context.WriteHex(high, kTrace);
    context.WriteHex(low, kTrace + kSpanBytes);
    context.WriteHex(NewSpan(random), kSpan);
    if (sampled == Sampled::kYes) context.text_[kBytes - 1] = '1';
    return context;
  }

  // For the id of a span; zero is none.
  static std::uint64_t NewSpan(Random& random) { return random.Bits() | 1; }

  // The same with another span as the parent: what an attempt sends.
  TraceContext Within(std::uint64_t span) const {
    TraceContext context = *this;
    context.WriteHex(span, kSpan);
    return context;
  }

  // The value of a header.
  std::string_view text() const { return {text_.data(), text_.size()}; }
  // In hexadecimal, as all of these.
  std::string_view trace_id() const { return text().substr(kTrace, 32); }
  // weir's own.
  std::string_view span_id() const { return text().substr(kSpan, kSpanBytes); }
  // The client's; empty where the trace begins here.
  std::string_view parent_id() const {
    return {parent_.data(), has_parent_ ? kSpanBytes : 0};
  }
  // By whoever began the trace.
  Sampled sampled() const {
    const std::size_t digit = kDigits.find(text_[kBytes - 1]);
    return (digit & 1) != 0 ? Sampled::kYes : Sampled::kNo;
  }

 private:
  // 00-TRACE-PARENT-FLAGS
  static constexpr std::size_t kTrace = 3;
  static constexpr std::size_t kSpan = 36;
  static constexpr std::size_t kSpanBytes = 16;
  static constexpr std::size_t kFlags = 53;
  static constexpr std::size_t kBytes = 55;
  static constexpr std::string_view kDigits = "0123456789abcdef";
  static constexpr std::string_view kUnsampled =
      "00-00000000000000000000000000000000-0000000000000000-00";

  static bool IsTraceParent(std::string_view value) {
    if (value.size() < kBytes) return false;
    const std::string_view version = value.substr(0, 2);
    // A later version may have more behind another dash.
    if (version == "00" ? value.size() > kBytes
                        : value.size() > kBytes && value[kBytes] != '-') {
      return false;
    }
    return value[2] == '-' && value[kSpan - 1] == '-' &&
           value[kFlags - 1] == '-' && IsHex(version) && version != "ff" &&
           IsId(value.substr(kTrace, 32)) &&
           IsId(value.substr(kSpan, kSpanBytes)) &&
           IsHex(value.substr(kFlags, 2));
  }
  static bool IsHex(std::string_view text) {
    return text.find_first_not_of(kDigits) == std::string_view::npos;
  }
  static bool IsId(std::string_view text) {
    return IsHex(text) && text.find_first_not_of('0') != std::string_view::npos;
  }
  // 16 digits.
  void WriteHex(std::uint64_t bits, std::size_t at) {
    for (std::size_t i = 0; i < kSpanBytes; ++i, bits >>= 4) {
      text_[at + kSpanBytes - 1 - i] = kDigits[bits & 15];
    }
  }

  std::array<char, kBytes> text_;
  std::array<char, kSpanBytes> parent_;
  bool has_parent_ = false;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_CONTEXT_H_
