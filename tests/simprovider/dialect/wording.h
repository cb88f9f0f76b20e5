// The words that a simulated model answers with.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_WORDING_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_WORDING_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simprovider {

// Token 0 is the provider's name, so that even the shortest answer says who
// gave it; a fixed text follows, again and again. Every prefix of the text is
// there already, escaped for JSON: an answer costs a copy.
//
// Thread safety: each thread has its own.
class Wording {
 public:
  explicit Wording(std::string_view name);

  // The first `tokens` tokens. Valid until the next call.
  std::string_view Text(std::size_t tokens);
  // Token `index` with the space before it. Valid until the next call.
  std::string_view Token(std::size_t index);

 private:
  void Extend(std::size_t tokens);

  std::string text_;
  // Token i is [starts_[i], starts_[i + 1]).
  std::vector<std::size_t> starts_;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_WORDING_H_
