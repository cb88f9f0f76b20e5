// Chance, as a seam.
#ifndef WEIR_COMMON_RANDOM_H_
#define WEIR_COMMON_RANDOM_H_

#include <cstdint>

namespace weir {

// Not thread-safe: each thread has its own.
class Random {
 public:
  virtual ~Random() = default;

  // Any 64 bits, all equally likely.
  virtual std::uint64_t Bits() = 0;

  // In [0, 1).
  double Uniform() { return static_cast<double>(Bits() >> 11) * 0x1.0p-53; }
};

// Fast and seeded by the operating system. Good for balancing and jitter; not
// for secrets, which come from OpenSSL's RAND_bytes.
class SystemRandom final : public Random {
 public:
  SystemRandom();
  std::uint64_t Bits() override;

 private:
  std::uint64_t state_[4];
};

}  // namespace weir

#endif  // WEIR_COMMON_RANDOM_H_
