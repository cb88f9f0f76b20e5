// How long a provider takes to answer, as a distribution.
#ifndef WEIR_TESTS_SIMPROVIDER_LATENCY_H_
#define WEIR_TESTS_SIMPROVIDER_LATENCY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/random.h"

namespace weir::simprovider {

class Latency {
 public:
  // None at all.
  Latency() = default;

  // `20ms`, `uniform:10ms-50ms`, `exp:20ms` (the mean) or
  // `lognormal:p50=20ms,p99=200ms`. INVALID_ARGUMENT names what it can't read.
  static absl::StatusOr<Latency> Parse(std::string_view text);

  absl::Duration Sample(Random& random) const;

  // As it was parsed.
  const std::string& text() const { return text_; }

 private:
  enum class Shape { kConstant, kUniform, kExponential, kLogNormal };

  Latency(Shape shape, absl::Duration first, absl::Duration second,
          std::string_view text)
      : shape_(shape), first_(first), second_(second), text_(text) {}

  Shape shape_ = Shape::kConstant;
  // The constant, the lower bound, the mean or the median.
  absl::Duration first_ = absl::ZeroDuration();
  // The upper bound or the 99th percentile.
  absl::Duration second_ = absl::ZeroDuration();
  std::string text_ = "0s";
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_LATENCY_H_
