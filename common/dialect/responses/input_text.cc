#include "common/dialect/responses/input_text.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::dialect {
namespace {

constexpr std::string_view kInputName = "input";

// `\u1234`.
constexpr std::size_t kUnicodeEscape = 6;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD.

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

char SimpleEscape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

// REQUIRES: no half of a pair.
void AppendUtf8(std::uint32_t code, std::string& text) {
  const auto tail = [&](unsigned shift) {
    text += static_cast<char>(0x80 | ((code >> shift) & 0x3F));
  };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool IsHigh(std::uint32_t code) { return code >= 0xD800 && code < 0xDC00; }
bool IsLow(std::uint32_t code) { return code >= 0xDC00 && code < 0xE000; }

}  // namespace

void InputText::Feed(std::string_view json, std::string& text) {
  for (const char c : json) Take(c, text);
}

void InputText::Take(char c, std::string& text) {
  switch (state_) {
    case State::kBetween:
      if (c == '"') {
        state_ = State::kName;
        name_.clear();
      }
      break;
    case State::kName:
      if (c == '"' && !escaped_) {
        state_ = State::kColon;
      } else if (name_.size() <= kInputName.size()) {
        name_ += c;
      }
      escaped_ = c == '\\' && !escaped_;
      break;
    case State::kColon:
      if (c == ':' || IsBlank(c)) break;
      if (c == '"' && name_ == kInputName && !found_) {
        found_ = true;
        state_ = State::kInput;
        break;
      }
      state_ = State::kOther;
      TakeOther(c);
      break;
    case State::kInput:
      TakeInput(c, text);
      break;
    case State::kOther:
      TakeOther(c);
      break;
  }
}

void InputText::TakeOther(char c) {
  if (in_string_) {
    in_string_ = escaped_ || c != '"';
    escaped_ = c == '\\' && !escaped_;
  } else if (c == '"') {
    in_string_ = true;
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if (c == '}' || c == ']') {
    --depth_;
  } else if (c == ',' && depth_ == 0) {
    state_ = State::kBetween;
  }
}

void InputText::TakeInput(char c, std::string& text) {
  if (!escape_.empty()) {
    escape_ += c;
    const std::size_t whole = escape_[1] == 'u' ? kUnicodeEscape : 2;
    if (escape_.size() == whole) EndEscape(text);
    return;
  }
  if (c == '\\') {
    escape_ = c;
    return;
  }
  // The other half did not come.
  if (high_ != 0) text += kReplacement;
  high_ = 0;
  if (c == '"') {
    state_ = State::kOther;
  } else {
    text += c;
  }
}

void InputText::EndEscape(std::string& text) {
  std::uint32_t code = 0;
  if (escape_.size() == kUnicodeEscape) {
    std::from_chars(escape_.data() + 2, escape_.data() + kUnicodeEscape, code,
                    16);
  } else {
    code = static_cast<unsigned char>(SimpleEscape(escape_[1]));
  }
  escape_.clear();
  if (high_ != 0 && IsLow(code)) {
    AppendUtf8(0x10000 + ((high_ - 0xD800) << 10) + (code - 0xDC00), text);
    high_ = 0;
    return;
  }
  if (high_ != 0) text += kReplacement;
  high_ = IsHigh(code) ? code : 0;
  if (high_ != 0) return;
  if (IsLow(code)) {
    text += kReplacement;
  } else {
    AppendUtf8(code, text);
  }
}

}  // namespace weir::dialect
