// What a simulated model says, token by token.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_SPEECH_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_SPEECH_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simprovider/dialect/wording.h"

namespace weir::simprovider {

// Everything that comes out is escaped for JSON already. Copies are cheap
// unless the tokens are its own.
class Speech {
 public:
  // Nothing.
  Speech() = default;
  // The first `tokens` of `wording`, which outlives this.
  Speech(Wording& wording, std::size_t tokens)
      : wording_(&wording), size_(tokens) {}
  // Tokens of its own, escaped.
  explicit Speech(std::vector<std::string> tokens);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // REQUIRES: `index` < size(). Valid until the wording is next used.
  std::string_view Token(std::size_t index) const;
  std::string Text() const;

  // REQUIRES: `tokens` <= size().
  Speech FirstTokens(std::size_t tokens) const;
  // Of Text(). The last token may be a part of one.
  Speech FirstBytes(std::size_t bytes) const;

 private:
  // Null where the tokens are its own.
  Wording* wording_ = nullptr;
  std::vector<std::string> tokens_;
  std::size_t size_ = 0;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_SPEECH_H_
