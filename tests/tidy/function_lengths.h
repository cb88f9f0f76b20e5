// How long the functions of a C++ file are, found by their braces.
#ifndef WEIR_TESTS_TIDY_FUNCTION_LENGTHS_H_
#define WEIR_TESTS_TIDY_FUNCTION_LENGTHS_H_

#include <string>
#include <string_view>
#include <vector>

namespace weir::testing {

struct FunctionLength {
  // The signature, shortened to its first line.
  std::string signature;
  // From 1.
  int first_line;
  // From the signature to the closing brace.
  int lines;

  friend bool operator==(const FunctionLength&,
                         const FunctionLength&) = default;
};

// The functions with a body in `source`, in their order. A lambda counts with
// the function around it. Knows C++ as clang-format leaves it; it is a scanner
// and no parser.
std::vector<FunctionLength> FindFunctions(std::string_view source);

}  // namespace weir::testing

#endif  // WEIR_TESTS_TIDY_FUNCTION_LENGTHS_H_
