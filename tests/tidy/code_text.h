// C++ text without what is not code.
#ifndef WEIR_TESTS_TIDY_CODE_TEXT_H_
#define WEIR_TESTS_TIDY_CODE_TEXT_H_

#include <string>
#include <string_view>

namespace weir::testing {

// `source` with comments, the contents of literals and preprocessor lines
// replaced by spaces. Length and line ends stay, so that positions and line
// numbers do too.
std::string BlankNonCode(std::string_view source);

}  // namespace weir::testing

#endif  // WEIR_TESTS_TIDY_CODE_TEXT_H_
