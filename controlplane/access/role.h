// What a caller of the control plane is.
#ifndef WEIR_CONTROLPLANE_ACCESS_ROLE_H_
#define WEIR_CONTROLPLANE_ACCESS_ROLE_H_

#include <optional>
#include <string_view>

namespace weir::controlplane {

enum class Role {
  // Looks.
  kViewer,
  // Also does what a shift does: modes of providers and models, groups.
  kOperator,
  // Also changes resources and client keys.
  kAdmin,
  // A node: the stream between the planes, and nothing else.
  kNode,
  // A control plane that does not lead: what others may do, for them.
  kReplica,
};

// `viewer`, `operator`, `admin`, `node`, `replica`.
std::string_view RoleName(Role role);
std::optional<Role> ParseRole(std::string_view name);

// The role that a URI of a certificate's subjectAltName gives its owner:
// `weir://role/operator`. nullopt for all others.
std::optional<Role> RoleOfUri(std::string_view uri);

// Whether `role` may do what needs `needed`: an admin is an operator too, an
// operator a viewer; nobody else is a node or a replica, and these are nothing
// else.
bool Covers(Role role, Role needed);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ACCESS_ROLE_H_
