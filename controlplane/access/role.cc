#include "controlplane/access/role.h"

#include <optional>
#include <string_view>

namespace weir::controlplane {
namespace {

struct NamedRole {
  Role role;
  std::string_view name;
};
constexpr NamedRole kRoles[] = {{Role::kViewer, "viewer"},
                                {Role::kOperator, "operator"},
                                {Role::kAdmin, "admin"},
                                {Role::kNode, "node"},
                                {Role::kReplica, "replica"}};

constexpr std::string_view kUriPrefix = "weir://role/";

}  // namespace

std::string_view RoleName(Role role) {
  for (const NamedRole& known : kRoles) {
    if (known.role == role) return known.name;
  }
  return "";
}

std::optional<Role> ParseRole(std::string_view name) {
  for (const NamedRole& known : kRoles) {
    if (known.name == name) return known.role;
  }
  return std::nullopt;
}

std::optional<Role> RoleOfUri(std::string_view uri) {
  if (!uri.starts_with(kUriPrefix)) return std::nullopt;
  return ParseRole(uri.substr(kUriPrefix.size()));
}

bool Covers(Role role, Role needed) {
  return role <= Role::kAdmin && needed <= Role::kAdmin ? role >= needed
                                                        : role == needed;
}

}  // namespace weir::controlplane
