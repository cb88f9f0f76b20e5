#include "controlplane/access/method_roles.h"

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>

#include "controlplane/access/role.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "weir/admin/v1/admin.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::controlplane {
namespace {

TEST(MethodRolesTest, EveryMethodOfBothServicesSaysWhoMayCallIt) {
  const google::protobuf::FileDescriptor* const files[] = {
      admin::v1::ApplyRequest::descriptor()->file(),
      routing::v1::SubscribeRequest::descriptor()->file()};
  int methods = 0;
  for (const auto* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      const google::protobuf::ServiceDescriptor& service = *file->service(s);
      for (int m = 0; m < service.method_count(); ++m) {
        const std::string path =
            "/" + service.full_name() + "/" + service.method(m)->name();
        EXPECT_TRUE(IsListed(path)) << path << " is missing in the table";
        ++methods;
      }
    }
  }
  EXPECT_GT(methods, 20);
}

struct MethodCase {
  std::string name;
  std::string path;
  std::optional<Role> needs;
};

class MethodRoleTest : public ::testing::TestWithParam<MethodCase> {};

TEST_P(MethodRoleTest, FollowsTheTable) {
  EXPECT_EQ(NeededRole(GetParam().path), GetParam().needs);
}

INSTANTIATE_TEST_SUITE_P(
    Methods, MethodRoleTest,
    ::testing::ValuesIn<MethodCase>({
        {"Looking", "/weir.admin.v1.Admin/GetStatus", Role::kViewer},
        {"AShiftsWork", "/weir.admin.v1.Admin/SwitchGroup", Role::kOperator},
        {"Changing", "/weir.admin.v1.Admin/Apply", Role::kAdmin},
        {"MakingKeys", "/weir.admin.v1.Admin/CreateClientKey", Role::kAdmin},
        {"Nodes", "/weir.routing.v1.Routing/Subscribe", Role::kNode},
        {"Health", "/grpc.health.v1.Health/Check", std::nullopt},
        {"Reflection",
         "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
         Role::kViewer},
        {"Unknown", "/weir.admin.v1.Admin/FormatDisk", Role::kAdmin},
        {"NotQuiteHealth", "/grpc.health.v1.Health/Check/", Role::kAdmin},
        {"Nothing", "", Role::kAdmin},
    }),
    [](const auto& test) { return test.param.name; });

struct CoverCase {
  std::string name;
  Role role;
  // Of viewer, operator, admin, node.
  std::string may;
};

class RoleCoversTest : public ::testing::TestWithParam<CoverCase> {};

TEST_P(RoleCoversTest, FollowsTheTable) {
  std::string may;
  for (const auto& [needed, letter] :
       {std::pair(Role::kViewer, 'v'), std::pair(Role::kOperator, 'o'),
        std::pair(Role::kAdmin, 'a'), std::pair(Role::kNode, 'n')}) {
    if (Covers(GetParam().role, needed)) may += letter;
  }
  EXPECT_EQ(may, GetParam().may);
}

INSTANTIATE_TEST_SUITE_P(Roles, RoleCoversTest,
                         ::testing::ValuesIn<CoverCase>({
                             {"Viewer", Role::kViewer, "v"},
                             {"Operator", Role::kOperator, "vo"},
                             {"Admin", Role::kAdmin, "voa"},
                             {"Node", Role::kNode, "n"},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(RoleTest, OnlyTheWholeUriNamesARole) {
  EXPECT_EQ(RoleOfUri("weir://role/admin"), Role::kAdmin);
  EXPECT_EQ(RoleOfUri("weir://role/node"), Role::kNode);
  EXPECT_EQ(RoleOfUri("weir://role/admin/"), std::nullopt);
  EXPECT_EQ(RoleOfUri("weir://role/Admin"), std::nullopt);
  EXPECT_EQ(RoleOfUri("weir://role/"), std::nullopt);
  EXPECT_EQ(RoleOfUri("spiffe://weir/role/admin"), std::nullopt);
}

}  // namespace
}  // namespace weir::controlplane
