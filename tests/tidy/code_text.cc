#include "tests/tidy/code_text.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace weir::testing {
namespace {

// Walks over the source once; every Skip returns the position behind what it
// looked at, `position` where there is no such thing.
class Blanker {
 public:
  explicit Blanker(std::string_view source) : source_(source), text_(source) {}

  std::string Run() && {
    std::size_t at = 0;
    while (at < source_.size()) {
      std::size_t next = SkipDirective(at);
      if (next == at) next = SkipComment(at);
      if (next == at) next = SkipRawString(at);
      if (next == at) next = SkipQuoted(at);
      if (next == at) {
        if (!absl::ascii_isspace(source_[at])) line_has_code_ = true;
        next = at + 1;
      } else {
        Blank(at, next);
      }
      if (source_[next - 1] == '\n') line_has_code_ = false;
      at = next;
    }
    return std::move(text_);
  }

 private:
  void Blank(std::size_t from, std::size_t to) {
    std::replace_if(
        text_.begin() + static_cast<std::ptrdiff_t>(from),
        text_.begin() + static_cast<std::ptrdiff_t>(to),
        [](char c) { return c != '\n'; }, ' ');
  }

  // A position behind `mark`, or the end of the text.
  std::size_t Behind(const std::string& mark, std::size_t from) const {
    const std::size_t found = source_.find(mark, from);
    return found == std::string_view::npos ? source_.size()
                                           : found + mark.size();
  }

  std::size_t SkipDirective(std::size_t at) const {
    if (line_has_code_ || source_[at] != '#') return at;
    std::size_t end = Behind("\n", at);
    while (end < source_.size() && end >= 2 && source_[end - 2] == '\\') {
      end = Behind("\n", end);
    }
    return end;
  }

  std::size_t SkipComment(std::size_t at) const {
    const std::string_view rest = source_.substr(at, 2);
    if (rest == "//") return std::min(source_.find('\n', at), source_.size());
    if (rest == "/*") return Behind("*/", at + 2);
    return at;
  }

  std::size_t SkipRawString(std::size_t at) const {
    if (source_.substr(at, 2) != "R\"") return at;
    const std::size_t open = source_.find('(', at);
    if (open == std::string_view::npos) return at;
    const std::string delimiter(source_.substr(at + 2, open - at - 2));
    return Behind(absl::StrCat(")", delimiter, "\""), open);
  }

  std::size_t SkipQuoted(std::size_t at) const {
    const char quote = source_[at];
    if (quote != '"' && quote != '\'') return at;
    // 1'000'000 is a number.
    if (quote == '\'' && at > 0 && absl::ascii_isalnum(source_[at - 1])) {
      return at;
    }
    std::size_t end = at + 1;
    while (end < source_.size() && source_[end] != quote) {
      end += source_[end] == '\\' ? 2 : 1;
    }
    return std::min(end + 1, source_.size());
  }

  const std::string_view source_;
  std::string text_;
  bool line_has_code_ = false;
};

}  // namespace

std::string BlankNonCode(std::string_view source) {
  return Blanker(source).Run();
}

}  // namespace weir::testing
