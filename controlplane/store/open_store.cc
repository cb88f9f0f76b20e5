#include "controlplane/store/open_store.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/clock.h"
#include "controlplane/store/postgres_store.h"
#include "controlplane/store/postgres_url.h"
#include "controlplane/store/sqlite_store.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {
namespace {

constexpr char kForm[] =
    "write sqlite:///FILE or postgresql://USER@HOST/DATABASE";

}  // namespace

absl::StatusOr<std::string> SqlitePath(std::string_view store_url) {
  const std::string url(store_url);
  absl::string_view rest = url;
  if (!absl::ConsumePrefix(&rest, "sqlite://")) {
    // A password may stand in the rest.
    return absl::InvalidArgumentError(
        absl::StrCat("\"", url.substr(0, url.find(':')),
                     "\" begins the URL of no store; ", kForm));
  }
  if (rest.empty() || rest.back() == '/') {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", url, "\" names no file; ", kForm));
  }
  if (rest.find('\0') != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("a file's name holds no NUL; ", kForm));
  }
  return std::string(rest);
}

absl::Status CheckStoreUrl(std::string_view store_url) {
  return IsPostgresUrl(store_url) ? ParsePostgresUrl(store_url).status()
                                  : SqlitePath(store_url).status();
}

absl::StatusOr<std::unique_ptr<Store>> OpenStore(std::string_view store_url,
                                                 const Clock& clock) {
  if (IsPostgresUrl(store_url)) {
    absl::StatusOr<PostgresUrl> url = ParsePostgresUrl(store_url);
    if (!url.ok()) return url.status();
    return NewPostgresStore(*std::move(url), clock);
  }
  absl::StatusOr<std::string> path = SqlitePath(store_url);
  if (!path.ok()) return path.status();
  return OpenSqliteStore(*path);
}

}  // namespace weir::controlplane
