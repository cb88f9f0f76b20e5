#include "common/random.h"

#include <bit>
#include <cstdint>
#include <random>

namespace weir {

SystemRandom::SystemRandom() {
  std::random_device device;
  for (std::uint64_t& word : state_) {
    word = (std::uint64_t{device()} << 32) | device();
  }
  // All zeros is the one state from which the generator never leaves.
  state_[0] |= 1;
}

// xoshiro256++ 1.0 by Blackman and Vigna, prng.di.unimi.it.
std::uint64_t SystemRandom::Bits() {
  const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

}  // namespace weir
