#include "controlplane/access/method_roles.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "controlplane/access/role.h"

namespace weir::controlplane {
namespace {

struct Method {
  std::string_view path;
  std::optional<Role> needs;
};

constexpr Method kMethods[] = {
    {"/weir.admin.v1.Admin/Apply", Role::kAdmin},
    {"/weir.admin.v1.Admin/Export", Role::kViewer},
    {"/weir.admin.v1.Admin/Watch", Role::kViewer},
    {"/weir.admin.v1.Admin/ListProviders", Role::kViewer},
    {"/weir.admin.v1.Admin/GetProvider", Role::kViewer},
    {"/weir.admin.v1.Admin/SetProvider", Role::kAdmin},
    {"/weir.admin.v1.Admin/RemoveProvider", Role::kAdmin},
    {"/weir.admin.v1.Admin/SetProviderMode", Role::kOperator},
    {"/weir.admin.v1.Admin/ListModels", Role::kViewer},
    {"/weir.admin.v1.Admin/GetModel", Role::kViewer},
    {"/weir.admin.v1.Admin/SetModel", Role::kAdmin},
    {"/weir.admin.v1.Admin/RemoveModel", Role::kAdmin},
    {"/weir.admin.v1.Admin/SetModelMode", Role::kOperator},
    {"/weir.admin.v1.Admin/CreateClientKey", Role::kAdmin},
    {"/weir.admin.v1.Admin/ListClientKeys", Role::kViewer},
    {"/weir.admin.v1.Admin/RotateClientKey", Role::kAdmin},
    {"/weir.admin.v1.Admin/RevokeClientKey", Role::kAdmin},
    {"/weir.admin.v1.Admin/GetStatus", Role::kViewer},
    {"/weir.admin.v1.Admin/WatchStatus", Role::kViewer},
    {"/weir.admin.v1.Admin/GetWeights", Role::kViewer},
    {"/weir.admin.v1.Admin/ListNodes", Role::kViewer},
    {"/weir.admin.v1.Admin/GetRollout", Role::kViewer},
    {"/weir.admin.v1.Admin/ResumeRollout", Role::kAdmin},
    {"/weir.admin.v1.Admin/AbortRollout", Role::kOperator},
    {"/weir.admin.v1.Admin/GetGroups", Role::kViewer},
    {"/weir.admin.v1.Admin/SwitchGroup", Role::kOperator},
    {"/weir.admin.v1.Admin/ListAlerts", Role::kViewer},
    {"/weir.admin.v1.Admin/ListEvents", Role::kViewer},
    {"/weir.admin.v1.Admin/WatchAlerts", Role::kViewer},
    {"/weir.admin.v1.Admin/WatchEvents", Role::kViewer},
    {"/weir.admin.v1.Admin/ListDecisions", Role::kViewer},
    {"/weir.admin.v1.Admin/GetCostReport", Role::kViewer},
    {"/weir.admin.v1.Admin/GetLimits", Role::kViewer},
    {"/weir.admin.v1.Admin/WatchLimits", Role::kViewer},
    {"/weir.routing.v1.Routing/Subscribe", Role::kNode},
    {"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
     Role::kViewer},
    {"/grpc.health.v1.Health/Check", std::nullopt},
    {"/grpc.health.v1.Health/Watch", std::nullopt},
};

const Method* Find(std::string_view path) {
  const Method* const found =
      std::find_if(std::begin(kMethods), std::end(kMethods),
                   [&](const Method& method) { return method.path == path; });
  return found == std::end(kMethods) ? nullptr : found;
}

}  // namespace

std::optional<Role> NeededRole(std::string_view method) {
  const Method* const known = Find(method);
  return known == nullptr ? Role::kAdmin : known->needs;
}

bool IsListed(std::string_view method) { return Find(method) != nullptr; }

}  // namespace weir::controlplane
