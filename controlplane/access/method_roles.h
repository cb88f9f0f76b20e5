// The one table of what each method of the gRPC port needs.
#ifndef WEIR_CONTROLPLANE_ACCESS_METHOD_ROLES_H_
#define WEIR_CONTROLPLANE_ACCESS_METHOD_ROLES_H_

#include <optional>
#include <string_view>

#include "controlplane/access/role.h"

namespace weir::controlplane {

// The role that a call of `method` (`/package.Service/Method`) needs; nullopt
// for what is open to all, which is health. What is not in the table is an
// admin's: who adds a method has to say who else may call it.
std::optional<Role> NeededRole(std::string_view method);

// Whether the table has `method`.
bool IsListed(std::string_view method);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ACCESS_METHOD_ROLES_H_
