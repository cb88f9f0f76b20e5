// What a client authenticates with, when it is made.
#ifndef WEIR_CONTROLPLANE_REGISTRY_CLIENT_SECRET_H_
#define WEIR_CONTROLPLANE_REGISTRY_CLIENT_SECRET_H_

#include <string>

#include "absl/status/statusor.h"

namespace weir::controlplane {

struct ClientSecret {
  // `sk-weir-` and 43 letters and digits: 256 bits of chance, and a double
  // click selects them.
  std::string text;
  // SHA-256 of `text`, 64 lower-case hexadecimal digits. A fast hash is enough
  // for what nobody can guess.
  std::string sha256_hex;
  // The first characters of `text`, for people to recognise it by.
  std::string hint;
};

// UNAVAILABLE when the operating system has no entropy to give.
absl::StatusOr<ClientSecret> MakeClientSecret();

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REGISTRY_CLIENT_SECRET_H_
