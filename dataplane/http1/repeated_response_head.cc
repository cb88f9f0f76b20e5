#include "dataplane/http1/repeated_response_head.h"

#include <emmintrin.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "dataplane/http1/head.h"
#include "dataplane/http1/head_lines.h"

namespace weir::dataplane::http1 {
namespace {

// How many bytes at the front are the same.
std::size_t CommonPrefix(std::string_view one, std::string_view other) {
  constexpr std::size_t kBlock = 16;
  // Which of the sixteen at `at` differ, as bits.
  const auto differing = [&](std::size_t at) {
    const __m128i same = _mm_cmpeq_epi8(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(one.data() + at)),
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(other.data() + at)));
    return static_cast<unsigned>(_mm_movemask_epi8(same)) ^ 0xffffU;
  };
  const std::size_t size = std::min(one.size(), other.size());
  std::size_t at = 0;
  for (; size - at >= kBlock; at += kBlock) {
    const unsigned found = differing(at);
    if (found != 0)
      return at + static_cast<std::size_t>(std::countr_zero(found));
  }
  while (at < size && one[at] == other[at]) ++at;
  return at;
}

// Where the first header begins. REQUIRES: its lines stand in `text`.
std::size_t FirstLine(const ResponseHead& head, std::string_view text) {
  if (head.header_count == 0) return head.size - 2;
  return static_cast<std::size_t>(head.headers[0].line().data() - text.data());
}

}  // namespace

ParseResult RepeatedResponseHead::Parse(std::string_view bytes,
                                        Method request_method) {
  if (IsRepeated(bytes, request_method)) return {ParseState::kComplete};
  text_.clear();
  const ParseResult result = ParseResponseHead(bytes, request_method, head_);
  if (result.state == ParseState::kComplete) {
    request_method_ = request_method;
    Remember(bytes, FirstLine(head_, bytes));
  }
  return result;
}

bool RepeatedResponseHead::IsRepeated(std::string_view bytes,
                                      Method request_method) {
  if (text_.empty() || request_method != request_method_) return false;
  // What is left of both heads, and how much of that is the same.
  std::string_view last = text_;
  std::string_view next = bytes;
  std::size_t same = CommonPrefix(last, next);
  // A line has another size.
  bool moved = false;
  const auto pass = [&](std::size_t line) {
    last.remove_prefix(line);
    next.remove_prefix(line);
    same -= line;
  };
  const std::size_t first_line = FirstLine(head_, text_);
  if (same < first_line) return false;
  pass(first_line);
  for (std::size_t i = 0; i < head_.header_count; ++i) {
    Header& header = head_.headers[i];
    const std::size_t last_line = header.line().size();
    if (same >= last_line) {
      pass(last_line);
      continue;
    }
    // A name is the same with its colon, case and all.
    if (same <= header.name().size() || !TakeValue(next, header)) return false;
    const std::size_t next_line = header.line().size();
    if (next_line == last_line) {
      Replace(text_.size() - last.size(), header);
    } else {
      moved = true;
    }
    last.remove_prefix(last_line);
    next.remove_prefix(next_line);
    same = CommonPrefix(last, next);
  }
  // Of the last head, the empty line is left.
  if (same != last.size()) return false;
  const std::size_t size = bytes.size() - next.size() + same;
  if (size > kMaxHeadBytes) return false;
  head_.size = size;
  if (moved) Remember(bytes, first_line);
  return true;
}

bool RepeatedResponseHead::TakeValue(std::string_view lines, Header& header) {
  const HeaderId id = header.id();
  // What these say changes more than themselves.
  if (id == HeaderId::kConnection || id == HeaderId::kTransferEncoding) {
    return false;
  }
  if (!ReadValue(lines, id, header.name().size(), header)) return false;
  if (id != HeaderId::kContentLength) return true;
  // None is another kind of answer.
  const std::optional<std::uint64_t> length =
      ParseContentLength(header.value());
  if (head_.content_length == 0 || length.value_or(0) == 0) return false;
  head_.content_length = *length;
  return true;
}

void RepeatedResponseHead::Replace(std::size_t place, Header& header) {
  char* const line = text_.data() + place;
  std::memcpy(line, header.line().data(), header.line().size());
  header.MoveTo(line);
}

void RepeatedResponseHead::Remember(std::string_view bytes,
                                    std::size_t first_line) {
  text_.assign(bytes.substr(0, head_.size));
  const char* line = text_.data() + first_line;
  for (std::size_t i = 0; i < head_.header_count; ++i) {
    Header& header = head_.headers[i];
    header.MoveTo(line);
    line += header.line().size();
  }
}

}  // namespace weir::dataplane::http1
