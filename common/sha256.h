// SHA-256 (FIPS 180-4), by OpenSSL.
#ifndef WEIR_COMMON_SHA256_H_
#define WEIR_COMMON_SHA256_H_

#include <string>
#include <string_view>

namespace weir {

// The digest of `bytes`: 32 bytes.
std::string Sha256(std::string_view bytes);

}  // namespace weir

#endif  // WEIR_COMMON_SHA256_H_
