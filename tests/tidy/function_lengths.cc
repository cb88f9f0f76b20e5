#include "tests/tidy/function_lengths.h"

#include <algorithm>
#include <boost/regex.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "tests/tidy/code_text.h"

namespace weir::testing {
namespace {

enum class Brace {
  kScope,        // namespace, class, enum: functions stand in it.
  kFunction,     // A body.
  kInitializer,  // A member's braces before a body: the signature goes on.
  kOther,        // A table, a lambda outside functions.
};

// The declaration on one line, without `template <...>`.
std::string Normalized(std::string_view declaration) {
  static const boost::regex kTemplate(R"(\btemplate\s*<)");
  std::string text(declaration);
  absl::RemoveExtraAsciiWhitespace(&text);
  boost::smatch match;
  while (boost::regex_search(text, match, kTemplate)) {
    const auto begin = static_cast<std::size_t>(match.position());
    std::size_t at = begin + static_cast<std::size_t>(match.length());
    for (int depth = 1; at < text.size() && depth > 0; ++at) {
      if (text[at] == '<') ++depth;
      if (text[at] == '>') --depth;
    }
    text.erase(begin, at - begin);
  }
  absl::StripAsciiWhitespace(&text);
  return text;
}

// What a brace opens that follows `declaration`, at a place where functions may
// stand.
Brace Classify(std::string_view declaration) {
  static const boost::regex kScope(
      R"(^((inline|typedef|static|constexpr) )*)"
      R"((namespace|class|struct|union|enum|extern)\b[^(]*(\([^()]*\)[^(=]*)?$)");
  // Between a constructor's signature and its body: `) : a_(1), b_`.
  static const boost::regex kMember(R"(\)[^:]*[^:]:[^:].*[\w>]$)");
  // An `=` that is no comparison.
  static const boost::regex kAssignment(R"([^=!<>]=[^=])");
  const std::string text = Normalized(declaration);
  if (boost::regex_search(text, kScope)) return Brace::kScope;
  const std::size_t call = text.find('(');
  if (call == std::string::npos) return Brace::kOther;
  if (boost::regex_search(text, kMember)) return Brace::kInitializer;
  if (!absl::StrContains(text, "operator") &&
      boost::regex_search(text.substr(0, call), kAssignment)) {
    return Brace::kOther;
  }
  return Brace::kFunction;
}

class Scanner {
 public:
  explicit Scanner(std::string_view source)
      : source_(source), code_(BlankNonCode(source)) {}

  std::vector<FunctionLength> Run() && {
    for (at_ = 0; at_ < code_.size(); ++at_) {
      switch (code_[at_]) {
        case '(':
          ++parentheses_;
          break;
        case ')':
          --parentheses_;
          break;
        case '{':
          Open();
          break;
        case '}':
          Close();
          break;
        case ';':
          if (AtScope()) declaration_ = at_ + 1;
          break;
        case ':':
          if (AtScope() && IsAccessLabel()) declaration_ = at_ + 1;
          break;
        default:
          break;
      }
    }
    return std::move(found_);
  }

 private:
  bool AtScope() const {
    return parentheses_ == 0 &&
           (open_.empty() || open_.back() == Brace::kScope);
  }

  bool IsAccessLabel() const {
    const std::string word(absl::StripAsciiWhitespace(
        code_.substr(declaration_, at_ - declaration_)));
    return word == "public" || word == "protected" || word == "private";
  }

  void Open() {
    const Brace brace = AtScope() ? Classify(std::string_view(code_).substr(
                                        declaration_, at_ - declaration_))
                                  : Brace::kOther;
    if (brace == Brace::kFunction) begin_ = declaration_;
    open_.push_back(brace);
    if (brace == Brace::kScope) declaration_ = at_ + 1;
  }

  void Close() {
    if (open_.empty()) return;
    const Brace brace = open_.back();
    open_.pop_back();
    if (brace == Brace::kFunction) Record();
    if (AtScope() && brace != Brace::kInitializer) declaration_ = at_ + 1;
  }

  void Record() {
    const std::size_t first = code_.find_first_not_of(" \n", begin_);
    const auto line_of = [this](std::size_t position) {
      return 1 +
             static_cast<int>(std::count(
                 code_.begin(),
                 code_.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
    };
    const std::string_view rest = source_.substr(first);
    found_.push_back({.signature = std::string(rest.substr(0, rest.find('\n'))),
                      .first_line = line_of(first),
                      .lines = line_of(at_) - line_of(first) + 1});
  }

  const std::string_view source_;
  const std::string code_;
  std::size_t at_ = 0;
  // Where the declaration begins that we are in, and the function's around it.
  std::size_t declaration_ = 0;
  std::size_t begin_ = 0;
  int parentheses_ = 0;
  std::vector<Brace> open_;
  std::vector<FunctionLength> found_;
};

}  // namespace

std::vector<FunctionLength> FindFunctions(std::string_view source) {
  return Scanner(source).Run();
}

}  // namespace weir::testing
