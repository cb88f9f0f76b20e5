#include "tests/tidy/function_lengths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tidy/code_text.h"

namespace weir::testing {
namespace {

struct FunctionCase {
  std::string name;
  std::string source;
  std::vector<FunctionLength> want;
};

class FindFunctionsTest : public ::testing::TestWithParam<FunctionCase> {};

TEST_P(FindFunctionsTest, FollowsTheTable) {
  EXPECT_EQ(FindFunctions(GetParam().source), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FindFunctionsTest,
    ::testing::ValuesIn<FunctionCase>({
        {"Nothing", "", {}},
        {"ADeclarationHasNoBody", "int F(int a);\n", {}},
        {"AFreeFunction",
         "\nint F() {\n  return 1;\n}\n",
         {{"int F() {", 2, 3}}},
        {"AMethodInAClassInANamespace",
         "namespace a {\nclass B : public C<void()> {\n public:\n"
         "  int F() const { return 1; }\n};\n}\n",
         {{"int F() const { return 1; }", 4, 1}}},
        {"AConstructorWithBracesInItsMembers",
         "A::A(int a)\n    : a_{a}, b_(2) {\n  Start();\n}\nint F() {\n}\n",
         {{"A::A(int a)", 1, 4}, {"int F() {", 5, 2}}},
        {"ATemplate",
         "template <typename T, typename U = std::vector<T>>\n"
         "T F(U u) {\n  return u[0];\n}\n",
         {{"template <typename T, typename U = std::vector<T>>", 1, 4}}},
        {"ALambdaCountsWithItsFunction",
         "void F() {\n  G([] {\n    H();\n  });\n}\n",
         {{"void F() {", 1, 5}}},
        {"ATableIsNoFunction",
         "constexpr A kTable[] = {\n  {F(1)},\n};\n"
         "INSTANTIATE(A, ValuesIn({\n  {1},\n}));\n",
         {}},
        {"AnAssignmentOperator",
         "A& A::operator=(const A& a) {\n  return *this;\n}\n",
         {{"A& A::operator=(const A& a) {", 1, 3}}},
        {"BracesInLiteralsAndComments",
         "void F() {\n  // {\n  G(\"{\", '{', R\"x({)\")x\");\n}\n",
         {{"void F() {", 1, 4}}},
        {"AMacroIsNoFunction", "#define F(x) \\\n  { x; \\\n  }\nint a;\n", {}},
    }),
    [](const auto& c) { return c.param.name; });

TEST(BlankNonCodeTest, KeepsLengthAndLineEnds) {
  EXPECT_EQ(BlankNonCode("a;  // b\n\"c\\\"d\" e /* f\n */ g"),
            "a;      \n       e     \n    g");
}

TEST(BlankNonCodeTest, ADigitSeparatorIsNoLiteral) {
  EXPECT_EQ(BlankNonCode("1'000'000; 'x'"), "1'000'000;    ");
}

}  // namespace
}  // namespace weir::testing
