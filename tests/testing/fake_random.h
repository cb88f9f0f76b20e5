// Chance without surprise.
#ifndef WEIR_TESTS_TESTING_FAKE_RANDOM_H_
#define WEIR_TESTS_TESTING_FAKE_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/random.h"

namespace weir::testing {

// Uniform() returns the given values in their order, then begins again; a
// single value is returned for ever.
//
// Not thread-safe.
class FakeRandom final : public Random {
 public:
  // REQUIRES: not empty; each value in [0, 1).
  explicit FakeRandom(std::vector<double> uniform = {0.5})
      : uniform_(std::move(uniform)) {}

  std::uint64_t Bits() override {
    const double value = uniform_[next_++ % uniform_.size()];
    // The inverse of Random::Uniform(): 53 bits at the upper end.
    return static_cast<std::uint64_t>(value * 0x1.0p53) << 11;
  }

 private:
  std::vector<double> uniform_;
  std::size_t next_ = 0;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_TESTING_FAKE_RANDOM_H_
