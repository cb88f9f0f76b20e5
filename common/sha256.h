// SHA-256 (FIPS 180-4), by OpenSSL.
#ifndef WEIR_COMMON_SHA256_H_
#define WEIR_COMMON_SHA256_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

using Sha256Digest = std::array<std::uint8_t, 32>;

// The digest of `bytes`.
Sha256Digest DigestOf(std::string_view bytes);

// The same, as a string of 32 bytes.
std::string Sha256(std::string_view bytes);

}  // namespace weir

#endif  // WEIR_COMMON_SHA256_H_
