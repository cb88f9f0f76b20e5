// GoogleTest matchers for absl::Status and absl::StatusOr, which Abseil
// 20220623 does not have.
//
//   EXPECT_THAT(DoIt(), IsOk());
//   EXPECT_THAT(Find("x"), StatusIs(absl::StatusCode::kNotFound));
//   EXPECT_THAT(Find("x"), StatusIs(absl::StatusCode::kNotFound,
//                                   HasSubstr("no provider x")));
//   EXPECT_THAT(Find("y"), IsOkAndHolds(Field(&Found::port, 80)));
#ifndef WEIR_TESTS_TESTING_STATUS_MATCHERS_H_
#define WEIR_TESTS_TESTING_STATUS_MATCHERS_H_

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"

namespace weir::testing {
namespace internal {

inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <typename T>
absl::Status StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

template <typename StatusOrT, typename Inner>
class IsOkAndHoldsMatcher {
 public:
  using Value = std::remove_cvref_t<StatusOrT>::value_type;
  using is_gtest_matcher = void;

  explicit IsOkAndHoldsMatcher(const Inner& inner)
      : inner_(::testing::SafeMatcherCast<const Value&>(inner)) {}

  bool MatchAndExplain(const std::remove_cvref_t<StatusOrT>& result,
                       ::testing::MatchResultListener* listener) const {
    if (!result.ok()) {
      *listener << "which is " << result.status().ToString();
      return false;
    }
    return inner_.MatchAndExplain(*result, listener);
  }
  void DescribeTo(std::ostream* out) const {
    *out << "is OK and holds what ";
    inner_.DescribeTo(out);
  }
  void DescribeNegationTo(std::ostream* out) const {
    *out << "isn't OK or holds what ";
    inner_.DescribeNegationTo(out);
  }

 private:
  const ::testing::Matcher<const Value&> inner_;
};

template <typename Inner>
class IsOkAndHoldsFactory {
 public:
  explicit IsOkAndHoldsFactory(Inner inner) : inner_(std::move(inner)) {}
  template <typename StatusOrT>
  operator ::testing::Matcher<StatusOrT>() const {  // NOLINT: a gmock factory
    return ::testing::Matcher<StatusOrT>(
        IsOkAndHoldsMatcher<StatusOrT, Inner>(inner_));
  }

 private:
  const Inner inner_;
};

}  // namespace internal

// Takes a Status or a StatusOr.
MATCHER(IsOk, negation ? "isn't OK" : "is OK") {
  const absl::Status status = internal::StatusOf(arg);
  if (status.ok()) return true;
  *result_listener << "which is " << status.ToString();
  return false;
}

MATCHER_P2(StatusIs, code, message,
           "has code " + absl::StatusCodeToString(code) +
               " and a message that " +
               ::testing::DescribeMatcher<std::string>(message, negation)) {
  const absl::Status status = internal::StatusOf(arg);
  *result_listener << "which is " << status.ToString();
  return status.code() == code &&
         ::testing::Matches(message)(std::string(status.message()));
}

inline auto StatusIs(absl::StatusCode code) {
  return StatusIs(code, ::testing::_);
}

// Takes a StatusOr; `inner` is a matcher or a value.
template <typename Inner>
auto IsOkAndHolds(Inner&& inner) {
  return internal::IsOkAndHoldsFactory<std::decay_t<Inner>>(
      std::forward<Inner>(inner));
}

}  // namespace weir::testing

#endif  // WEIR_TESTS_TESTING_STATUS_MATCHERS_H_
