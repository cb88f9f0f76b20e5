// Who a port or a client is, and whom it believes: the content of three files.
#ifndef WEIR_COMMON_TLS_IDENTITY_H_
#define WEIR_COMMON_TLS_IDENTITY_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/config/secrets.h"

namespace weir::tls {

// Paths of PEM files; empty: there is none.
struct IdentityFiles {
  // The certificate, then those between it and its authority.
  std::string certificate = {};
  std::string key = {};
  // Authorities that the peer's certificate must come from.
  std::string authorities = {};

  bool none() const {
    return certificate.empty() && key.empty() && authorities.empty();
  }
  // Those that there are.
  std::set<std::string> paths() const;
};

// PEM, as the files have it; empty where there is no file.
struct Identity {
  struct Expiry {
    std::string file;
    // The first of the file's certificates to expire; of authorities the last,
    // for the others are believed until then.
    absl::Time when;
  };

  std::string certificate_chain;
  config::Secret private_key;
  std::string authorities;
  std::vector<Expiry> expiries;
};

// Reads all of `files`. FAILED_PRECONDITION, with the file, where one can't be
// read, does not hold what it should, a certificate is not valid at `now`
// (with since when), or the key is another certificate's. A file is at most
// 1 MiB.
absl::StatusOr<Identity> LoadIdentity(const IdentityFiles& files,
                                      absl::Time now);

}  // namespace weir::tls

#endif  // WEIR_COMMON_TLS_IDENTITY_H_
