#include "controlplane/registry/client_secret.h"

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <string_view>

#include "absl/strings/escaping.h"
#include "common/sha256.h"

namespace weir::controlplane {
namespace {

constexpr char kPrefix[] = "sk-weir-";
constexpr std::string_view kAlphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// 62^43 is the first power of 62 above 2^256.
constexpr std::size_t kLength = 43;
constexpr std::size_t kHintLength = 4;
// Bytes from here on are thrown away, so that each letter is equally likely.
constexpr unsigned kEvenBytes = 256 / kAlphabet.size() * kAlphabet.size();

}  // namespace

absl::StatusOr<ClientSecret> MakeClientSecret() {
  std::string letters;
  while (letters.size() < kLength) {
    std::array<unsigned char, 64> bytes;
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) {
      return absl::UnavailableError("no entropy for a secret; try again");
    }
    for (unsigned char byte : bytes) {
      if (byte < kEvenBytes) letters += kAlphabet[byte % kAlphabet.size()];
    }
  }
  letters.resize(kLength);
  ClientSecret secret;
  secret.text = kPrefix + letters;
  secret.sha256_hex = absl::BytesToHexString(Sha256(secret.text));
  secret.hint = kPrefix + letters.substr(0, kHintLength);
  return secret;
}

}  // namespace weir::controlplane
