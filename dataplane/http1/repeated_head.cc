#include "dataplane/http1/repeated_head.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/http1/head.h"

namespace weir::dataplane::http1 {

ParseResult RepeatedHead::Parse(std::string_view bytes) {
  if (IsRepeated(bytes)) return {ParseState::kComplete};
  text_.clear();
  const ParseResult result = ParseRequestHead(bytes, head_);
  if (result.state == ParseState::kComplete) Remember(bytes);
  return result;
}

bool RepeatedHead::IsRepeated(std::string_view bytes) {
  const std::string_view text = text_;
  if (text.empty() || bytes.size() < text.size()) return false;
  bytes = bytes.substr(0, text.size());
  if (bytes.substr(0, digits_begin_) != text.substr(0, digits_begin_) ||
      bytes.substr(digits_end_) != text.substr(digits_end_)) {
    return false;
  }
  if (digits_begin_ == digits_end_) return true;
  // Another number of the same size. None is another kind of request.
  const std::string_view digits =
      bytes.substr(digits_begin_, digits_end_ - digits_begin_);
  const std::optional<std::uint64_t> length = ParseContentLength(digits);
  if (length.value_or(0) == 0) return false;
  head_.content_length = *length;
  std::memcpy(text_.data() + digits_begin_, digits.data(), digits.size());
  return true;
}

void RepeatedHead::Remember(std::string_view bytes) {
  text_.assign(bytes.substr(0, head_.size));
  head_.serial = ++last_serial_;
  const char* const from = bytes.data();
  const auto move = [&](std::string_view& view) {
    if (view.data() == nullptr) return;
    view = {text_.data() + (view.data() - from), view.size()};
  };
  digits_begin_ = digits_end_ = text_.size();
  for (std::size_t i = 0; i < head_.header_count; ++i) {
    Header& header = head_.headers[i];
    header.MoveTo(text_.data() + (header.line().data() - from));
    if (header.id() != HeaderId::kContentLength || head_.content_length == 0) {
      continue;
    }
    digits_begin_ =
        static_cast<std::size_t>(header.value().data() - text_.data());
    digits_end_ = digits_begin_ + header.value().size();
  }
  for (std::string_view* const view :
       {&head_.method_text, &head_.target, &head_.path, &head_.query,
        &head_.authorization, &head_.api_key, &head_.goog_api_key}) {
    move(*view);
  }
}

}  // namespace weir::dataplane::http1
