// OpenSSL 3 would rather have EVP called, which looks the algorithm up by its
// name: the first time it reads its configuration and sets up all algorithms
// that there are (1.5 ms of a node's start), and then each time it takes longer
// than a short text does.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "common/sha256.h"

#include <openssl/sha.h>

namespace weir {

Sha256Digest DigestOf(std::string_view bytes) {
  Sha256Digest digest;
  static_assert(sizeof(digest) == SHA256_DIGEST_LENGTH);
  SHA256_CTX context;
  // None of the three ever fails.
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

std::string Sha256(std::string_view bytes) {
  const Sha256Digest digest = DigestOf(bytes);
  return std::string(digest.begin(), digest.end());
}

}  // namespace weir
