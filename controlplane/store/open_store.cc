#include "controlplane/store/open_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "controlplane/store/sqlite_store.h"

namespace weir::controlplane {
namespace {

constexpr char kForm[] = "write sqlite:///FILE";

}  // namespace

absl::StatusOr<std::string> SqlitePath(std::string_view store_url) {
  const std::string url(store_url);
  absl::string_view rest = url;
  if (absl::ConsumePrefix(&rest, "postgresql://") ||
      absl::ConsumePrefix(&rest, "postgres://")) {
    // The URL may hold a password, so it is not quoted.
    return absl::InvalidArgumentError(
        absl::StrCat("postgresql:// is not in this version; ", kForm));
  }
  if (!absl::ConsumePrefix(&rest, "sqlite://")) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", url, "\" is no store; ", kForm));
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

absl::StatusOr<std::unique_ptr<Store>> OpenStore(std::string_view store_url) {
  absl::StatusOr<std::string> path = SqlitePath(store_url);
  if (!path.ok()) return path.status();
  return SqliteStore::Open(*path);
}

}  // namespace weir::controlplane
