// A hash that is the same in every process, on every machine and for ever.
#ifndef WEIR_COMMON_STABLE_HASH_H_
#define WEIR_COMMON_STABLE_HASH_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir {

namespace stable_hash_internal {

// 128 bits of product folded to 64, as in wyhash and Abseil's hash: every bit
// of either side moves half of the result's.
inline std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^
         static_cast<std::uint64_t>(product >> 64);
}

// Digits of pi, as in Blowfish: odd and without a pattern.
inline constexpr std::uint64_t kSeed = 0x243f6a8885a308d3;
inline constexpr std::uint64_t kStep = 0x13198a2e03707345;
inline constexpr std::uint64_t kEnd = 0xa4093822299f31d1;

}  // namespace stable_hash_internal

// Combines two hashes; the order matters.
inline std::uint64_t StableHash(std::uint64_t a, std::uint64_t b) {
  using namespace stable_hash_internal;
  return Mix(Mix(a ^ kSeed, kStep) ^ b, kEnd);
}

// About eight bytes a nanosecond, read as little-endian machines do. Not for
// keys that somebody may choose to do harm with: whoever knows the constants
// can make two texts collide.
inline std::uint64_t StableHash(std::string_view text) {
  using namespace stable_hash_internal;
  std::uint64_t hash = kSeed;
  const std::size_t size = text.size();
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), sizeof(word));
    hash = Mix(hash ^ word, kStep);
    text.remove_prefix(sizeof(word));
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  hash = Mix(hash ^ rest, kStep);
  return StableHash(hash, size);
}

}  // namespace weir

#endif  // WEIR_COMMON_STABLE_HASH_H_
