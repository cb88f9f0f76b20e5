#include "dataplane/relay/usage_scan.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace weir::dataplane {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Reads JSON from its front. What it does not understand it fails at, for good.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool failed() const { return failed_; }

  // The next byte that is no blank; 0 at the end.
  char Peek() {
    while (!text_.empty() && IsBlank(text_.front())) text_.remove_prefix(1);
    return text_.empty() ? '\0' : text_.front();
  }
  bool Take(char wanted) {
    if (Peek() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  void Expect(char wanted) { failed_ = failed_ || !Take(wanted); }

  // Without its quotes, escapes as they are.
  std::string_view String() {
    Expect('"');
    for (std::size_t at = 0; !failed_ && at < text_.size(); ++at) {
      if (text_[at] == '\\') {
        ++at;
      } else if (text_[at] == '"') {
        const std::string_view string = text_.substr(0, at);
        text_.remove_prefix(at + 1);
        return string;
      }
    }
    failed_ = true;
    return {};
  }

  // A number, true, false or null, or what stands in their place.
  std::string_view Scalar() {
    Peek();
    const std::size_t end =
        std::min(text_.find_first_of(",]} \t\r\n"), text_.size());
    const std::string_view scalar = text_.substr(0, end);
    text_.remove_prefix(end);
    failed_ = failed_ || scalar.empty();
    return scalar;
  }

  // Any value, brackets and all.
  void Skip() {
    int depth = 0;
    do {
      const char next = Peek();
      if (next == '"') {
        String();
      } else if (next == '{' || next == '[') {
        ++depth;
        text_.remove_prefix(1);
      } else if ((next == '}' || next == ']') && depth > 0) {
        --depth;
        text_.remove_prefix(1);
      } else if ((next == ',' || next == ':') && depth > 0) {
        text_.remove_prefix(1);
      } else {
        Scalar();
      }
    } while (depth > 0 && !failed_);
  }

 private:
  std::string_view text_;
  bool failed_ = false;
};

// The token counts of one object.
class Reader {
 public:
  explicit Reader(std::string_view object) : cursor_(object) {}

  UsageReading Read() {
    Members([this](std::string_view name) { Field(name); });
    if (cursor_.failed()) return {{}, 1};
    Usage& usage = reading_.usage;
    if (usage.cached_input > usage.input) {
      usage.cached_input.reset();
      ++reading_.unbelievable;
    }
    return reading_;
  }

 private:
  // `member` takes the value that follows the name it gets.
  template <typename Member>
  void Members(Member member) {
    cursor_.Expect('{');
    if (cursor_.Take('}')) return;
    do {
      const std::string_view name = cursor_.String();
      cursor_.Expect(':');
      if (!cursor_.failed()) member(name);
    } while (!cursor_.failed() && cursor_.Take(','));
    cursor_.Expect('}');
  }

  void Field(std::string_view name) {
    Usage& usage = reading_.usage;
    if (name == "prompt_tokens" || name == "input_tokens") {
      Count(usage.input);
    } else if (name == "completion_tokens" || name == "output_tokens") {
      Count(usage.output);
    } else if (name == "prompt_cache_hit_tokens") {
      Count(usage.cached_input);
    } else if ((name == "prompt_tokens_details" ||
                name == "input_tokens_details") &&
               cursor_.Peek() == '{') {
      Members([this](std::string_view detail) {
        if (detail == "cached_tokens") {
          Count(reading_.usage.cached_input);
        } else {
          cursor_.Skip();
        }
      });
    } else {
      cursor_.Skip();
    }
  }

  void Count(std::optional<std::uint64_t>& count) {
    const char first = cursor_.Peek();
    if (first == '"' || first == '{' || first == '[') {
      cursor_.Skip();
      ++reading_.unbelievable;
      return;
    }
    const std::string_view scalar = cursor_.Scalar();
    if (scalar == "null") return;
    std::uint64_t number = 0;
    const char* const behind = scalar.data() + scalar.size();
    const auto [end, error] = std::from_chars(scalar.data(), behind, number);
    if (error != std::errc() || end != behind || number > kMaxTokens) {
      ++reading_.unbelievable;
      return;
    }
    count = number;
  }

  Cursor cursor_;
  UsageReading reading_;
};

}  // namespace

UsageReading ReadUsage(std::string_view text) {
  constexpr std::string_view kName = R"("usage")";
  // From behind: what stands last is the whole of it. Inside a string the
  // quotes would be escaped.
  for (std::size_t at = text.rfind(kName); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : text.rfind(kName, at - 1)) {
    Cursor value(text.substr(at + kName.size()));
    if (!value.Take(':') || value.Peek() != '{') continue;
    return Reader(text.substr(text.find('{', at))).Read();
  }
  return {};
}

}  // namespace weir::dataplane
