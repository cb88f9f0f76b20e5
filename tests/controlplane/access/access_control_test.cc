#include "controlplane/access/access_control.h"

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "common/net/grpc_security.h"
#include "common/sha256.h"
#include "controlplane/access/token_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/temporary_directory.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

constexpr std::string_view kLook = "/weir.admin.v1.Admin/GetStatus";
constexpr std::string_view kApply = "/weir.admin.v1.Admin/Apply";
constexpr std::string_view kSubscribe = "/weir.routing.v1.Routing/Subscribe";
constexpr std::string_view kHealth = "/grpc.health.v1.Health/Check";

net::GrpcCall ByCertificate(std::string_view method,
                            std::vector<std::string> uris) {
  return {.method = method,
          .certificate = net::GrpcCall::Certificate{"ana", std::move(uris)},
          .authorization = ""};
}

net::GrpcCall ByHeader(std::string_view method, std::string_view header) {
  return {
      .method = method, .certificate = std::nullopt, .authorization = header};
}

class AccessControlTest : public ::testing::Test {
 protected:
  AccessControlTest() {
    std::ofstream(path_) << "ben viewer "
                         << absl::BytesToHexString(Sha256("s3cret"));
  }

  const TemporaryDirectory folder_;
  const std::string path_ = folder_.path() + "/tokens";
  testing::FakeClock clock_;
  AccessControl without_tokens_{nullptr, clock_};
};

TEST_F(AccessControlTest, ACertificatesRoleDecides) {
  EXPECT_THAT(
      without_tokens_.Authorize(ByCertificate(kApply, {"weir://role/admin"})),
      IsOk());
  EXPECT_THAT(without_tokens_.Authorize(
                  ByCertificate(kSubscribe, {"weir://role/node"})),
              IsOk());
  EXPECT_THAT(
      without_tokens_.Authorize(ByCertificate(kApply, {"weir://role/viewer"})),
      StatusIs(absl::StatusCode::kPermissionDenied,
               HasSubstr("certificate ana has viewer; "
                         "/weir.admin.v1.Admin/Apply needs admin")));
  EXPECT_THAT(
      without_tokens_.Authorize(ByCertificate(kLook, {"weir://role/node"})),
      StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(without_tokens_.Authorize(
                  ByCertificate(kSubscribe, {"weir://role/admin"})),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(without_tokens_.counts().forbidden, 3);
  EXPECT_EQ(without_tokens_.counts().unauthenticated, 0);
}

TEST_F(AccessControlTest, ACertificateWithoutRoleMayDoNothing) {
  EXPECT_THAT(
      without_tokens_.Authorize(ByCertificate(kLook, {"https://example.com"})),
      StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("has no role")));
}

TEST_F(AccessControlTest, OnlyAReplicaPassesCallsOn) {
  net::GrpcCall call = ByCertificate(kApply, {"weir://role/replica"});
  EXPECT_THAT(
      without_tokens_.Authorize(call),
      StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("has replica")));
  call.relayed_for = "certificate ben";
  EXPECT_THAT(without_tokens_.Authorize(call), IsOk());
  call = ByCertificate(kLook, {"weir://role/admin"});
  call.relayed_for = "certificate ben";
  EXPECT_THAT(
      without_tokens_.Authorize(call),
      StatusIs(absl::StatusCode::kPermissionDenied,
               HasSubstr("certificate ana has admin; to pass on "
                         "/weir.admin.v1.Admin/GetStatus needs replica")));
}

TEST_F(AccessControlTest, OneOfSeveralRolesIsEnough) {
  EXPECT_THAT(
      without_tokens_.Authorize(ByCertificate(
          kApply, {"weir://role/node", "https://x", "weir://role/admin"})),
      IsOk());
}

TEST_F(AccessControlTest, WhoShowsNothingGetsHealthAlone) {
  EXPECT_THAT(without_tokens_.Authorize(ByHeader(kHealth, "")), IsOk());
  EXPECT_THAT(without_tokens_.Authorize(ByHeader(kLook, "")),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       HasSubstr("show a certificate")));
  EXPECT_EQ(without_tokens_.counts().unauthenticated, 1);
}

TEST_F(AccessControlTest, ATokenStandsForACertificate) {
  AccessControl access(TokenFile::Open(path_).value(), clock_);
  EXPECT_THAT(access.Authorize(ByHeader(kLook, "Bearer s3cret")), IsOk());
  EXPECT_THAT(access.Authorize(ByHeader(kApply, "Bearer s3cret")),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("token ben has viewer")));
  EXPECT_THAT(access.Authorize(ByHeader(kLook, "Bearer guessed")),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       HasSubstr("the token is not known")));
  EXPECT_THAT(access.Authorize(ByHeader(kLook, "Basic czNjcmV0")),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(AccessControlTest, AWrongTokenIsNotHealedByACertificate) {
  AccessControl access(TokenFile::Open(path_).value(), clock_);
  net::GrpcCall call = ByCertificate(kLook, {"weir://role/admin"});
  call.authorization = "Bearer guessed";
  EXPECT_THAT(access.Authorize(call),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(AccessControlTest, WithoutAFileNoTokenIsTaken) {
  EXPECT_THAT(without_tokens_.Authorize(ByHeader(kLook, "Bearer s3cret")),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       HasSubstr("takes no tokens")));
}

TEST_F(AccessControlTest, AnActorIsNamedWithTheHighestOfItsRoles) {
  EXPECT_EQ(without_tokens_.ActorOf(ByCertificate(
                kApply, {"weir://role/viewer", "weir://role/admin",
                         "weir://role/node"})),
            (Actor{"certificate ana", "admin"}));
  EXPECT_EQ(
      without_tokens_.ActorOf(ByCertificate(kSubscribe, {"weir://role/node"})),
      (Actor{"certificate ana", ""}));
  auto tokens = TokenFile::Open(path_);
  ASSERT_THAT(tokens, IsOk());
  const AccessControl with_tokens(*std::move(tokens), clock_);
  EXPECT_EQ(with_tokens.ActorOf(ByHeader(kLook, "Bearer s3cret")),
            (Actor{"token ben", "viewer"}));
  EXPECT_EQ(with_tokens.ActorOf(ByHeader(kLook, "Bearer old")),
            (Actor{"a token that is gone", ""}));
}

}  // namespace
}  // namespace weir::controlplane
