// --store postgresql://..., read.
#ifndef WEIR_CONTROLPLANE_STORE_POSTGRES_URL_H_
#define WEIR_CONTROLPLANE_STORE_POSTGRES_URL_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace weir::controlplane {

// A database that a URL names.
struct PostgresUrl {
  // As libpq takes it. May hold a password: never shown.
  std::string url;
  // Without who and how: postgresql://host:port/database.
  std::string name;
  // What must not be seen anywhere, if it is in the URL.
  std::string password;
  // As written: several with commas between them, a directory for a socket;
  // empty where it is for libpq to say.
  std::string hosts = {};
  // Empty where the URL has none.
  std::string ssl_mode = {};
};

bool IsPostgresUrl(std::string_view store_url);

// As libpq reads it. INVALID_ARGUMENT, without a word of the URL in it.
absl::StatusOr<PostgresUrl> ParsePostgresUrl(std::string_view store_url);

// INVALID_ARGUMENT where a host is not this machine and nothing is said of
// encryption: libpq goes on in plain text then with a server that has none.
// Pure.
absl::Status CheckEncryption(const PostgresUrl& url);

// `message` of libpq on one line, without the password.
std::string Presentable(std::string_view message, const PostgresUrl& url);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_POSTGRES_URL_H_
