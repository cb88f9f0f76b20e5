#include "controlplane/store/postgres_url.h"

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/concat.h"
#include "common/net/host_port.h"
#include "common/net/plaintext.h"

namespace weir::controlplane {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

std::string NameOf(const std::map<std::string, std::string>& options) {
  const auto get = [&](const char* keyword, const char* otherwise) {
    const auto found = options.find(keyword);
    return found == options.end() ? std::string(otherwise) : found->second;
  };
  return Concat("postgresql://", get("host", get("hostaddr", "").c_str()), ":",
                get("port", "5432"), "/", get("dbname", ""));
}

}  // namespace

bool IsPostgresUrl(std::string_view store_url) {
  return store_url.starts_with("postgresql://") ||
         store_url.starts_with("postgres://");
}

absl::StatusOr<PostgresUrl> ParsePostgresUrl(std::string_view store_url) {
  PostgresUrl result{.url = std::string(store_url), .name = {}, .password = {}};
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> parsed(
      PQconninfoParse(result.url.c_str(), &error));
  // It quotes the URL, and with it the password.
  if (error != nullptr) PQfreemem(error);
  if (parsed == nullptr || !IsPostgresUrl(store_url)) {
    return absl::InvalidArgumentError(
        "the URL can't be read; write "
        "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with what is special "
        "in its parts as %XX");
  }
  std::map<std::string, std::string> options;
  for (const PQconninfoOption* option = parsed.get();
       option->keyword != nullptr; ++option) {
    if (option->val != nullptr) options[option->keyword] = option->val;
  }
  result.name = NameOf(options);
  result.password = options["password"];
  result.hosts = options[options.contains("host") ? "host" : "hostaddr"];
  result.ssl_mode = options["sslmode"];
  return result;
}

absl::Status CheckEncryption(const PostgresUrl& url) {
  if (!url.ssl_mode.empty()) return absl::OkStatus();
  const std::vector<std::string> hosts = absl::StrSplit(url.hosts, ',');
  for (const std::string& host : hosts) {
    // A directory with a socket, one in the abstract name space, or none.
    if (host.empty() || host.front() == '/' || host.front() == '@') continue;
    if (net::IsLoopback(net::FormatHost(host) + ":1")) continue;
    return absl::InvalidArgumentError(
        Concat("the way to ", host,
               " is not of this machine alone, and nothing is said of "
               "encryption; write ?sslmode=verify-full, or ?sslmode=disable "
               "for plain text"));
  }
  return absl::OkStatus();
}

std::string Presentable(std::string_view message, const PostgresUrl& url) {
  std::string text(absl::StripAsciiWhitespace(std::string(message)));
  text = absl::StrReplaceAll(text, {{"\n\t", " "}, {"\n", "; "}});
  if (url.password.empty()) return text;
  return absl::StrReplaceAll(text, {{url.password, "***"}});
}

}  // namespace weir::controlplane
