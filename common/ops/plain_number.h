// Numbers on pages that people and programs read alike.
#ifndef WEIR_COMMON_OPS_PLAIN_NUMBER_H_
#define WEIR_COMMON_OPS_PLAIN_NUMBER_H_

#include <string>

namespace weir::ops {

// `value` in decimals, at most six of them and no zeros behind: 99, 0.25. Never
// with an exponent, which Boost.JSON and absl::StrCat write and which people
// misread. `null` for what JSON has no number for: infinities and NaN.
std::string PlainNumber(double value);

}  // namespace weir::ops

#endif  // WEIR_COMMON_OPS_PLAIN_NUMBER_H_
