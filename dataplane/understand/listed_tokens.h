// The tokens of a JSON text, by a list of where they begin.
#ifndef WEIR_DATAPLANE_UNDERSTAND_LISTED_TOKENS_H_
#define WEIR_DATAPLANE_UNDERSTAND_LISTED_TOKENS_H_

#include <cstddef>
#include <string_view>

#include "dataplane/understand/json_structure.h"
#include "dataplane/understand/json_token.h"

namespace weir::dataplane {

// As TokenReader, for a BodyWalk over what JsonStructure found and checked.
class ListedTokens {
 public:
  // `tokens` are those of `text`.
  ListedTokens(std::string_view text, JsonStructure::Tokens tokens)
      : text_(text),
        tokens_(tokens),
        has_escapes_(text.find('\\') != std::string_view::npos) {}

  bool done() const { return next_ == tokens_.size(); }
  char first() const { return done() ? '\0' : text_[tokens_[next_]]; }
  std::size_t offset() const { return tokens_[next_]; }

  std::string_view Take() {
    const std::size_t begin = tokens_[next_++];
    const std::size_t end = done() ? text_.size() : tokens_[next_];
    return TrimToken(text_.substr(begin, end - begin));
  }
  void Pass() { ++next_; }

  // Small bodies seldom have one.
  bool has_escapes() const { return has_escapes_; }
  bool IsUtf8() const { return true; }

 private:
  const std::string_view text_;
  const JsonStructure::Tokens tokens_;
  const bool has_escapes_;
  std::size_t next_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_LISTED_TOKENS_H_
