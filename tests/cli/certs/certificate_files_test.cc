#include "cli/certs/certificate_files.h"

#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/certs/authority.h"
#include "common/tls/certificate.h"
#include "common/tls/identity.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

const absl::Time kToday = absl::FromUnixSeconds(1'700'000'000);

class CertificateFilesTest : public ::testing::Test {
 protected:
  CertificateFilesTest() {
    std::string name =
        (std::filesystem::temp_directory_path() / "weir-XXXXXX").string();
    parent_ = ::mkdtemp(name.data());
  }
  ~CertificateFilesTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(parent_, ignored);
  }

  absl::StatusOr<std::vector<std::string>> Make() const {
    return MakeCertificateFiles({.folder = folder(),
                                 .hosts = {"weir.internal", "10.1.2.3"},
                                 .valid_for = absl::Hours(24),
                                 .now = kToday});
  }
  std::filesystem::path folder() const { return parent_ / "certs"; }
  tls::IdentityFiles FilesOf(const std::string& name) const {
    return {folder() / (name + ".crt"), folder() / (name + ".key"),
            folder() / "ca.crt"};
  }
  tls::CertificatePtr Certificate(const std::string& name) const {
    std::ostringstream pem;
    pem << std::ifstream(folder() / (name + ".crt")).rdbuf();
    return std::move(tls::ParseCertificates(pem.str()).value().front());
  }

  std::filesystem::path parent_;
};

TEST_F(CertificateFilesTest, MakesPairsThatFitAndAreValidForAsLongAsWasSaid) {
  const auto names = Make();
  ASSERT_THAT(names, IsOk());
  EXPECT_THAT(*names, Contains("admin.crt"));
  for (const std::string name :
       {"controlplane", "dataplane", "node", "viewer", "operator", "admin"}) {
    EXPECT_THAT(tls::LoadIdentity(FilesOf(name), kToday), IsOk()) << name;
    EXPECT_EQ(tls::NotAfter(*Certificate(name)), kToday + absl::Hours(24));
    EXPECT_EQ(X509_verify(Certificate(name).get(),
                          X509_get0_pubkey(Certificate("ca").get())),
              1);
  }
  EXPECT_EQ(tls::NotAfter(*Certificate("ca")), kToday + absl::Hours(240));
}

TEST_F(CertificateFilesTest, ServersAreGoodForTheirHostsAlone) {
  ASSERT_THAT(Make(), IsOk());
  const tls::CertificatePtr server = Certificate("controlplane");
  for (const std::string host : {"localhost", "weir.internal"}) {
    EXPECT_EQ(
        X509_check_host(server.get(), host.data(), host.size(), 0, nullptr), 1)
        << host;
  }
  EXPECT_EQ(X509_check_ip_asc(server.get(), "10.1.2.3", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_host(server.get(), "example.com", 0, 0, nullptr), 0);
}

// It calls the leader, where it does not lead itself.
TEST_F(CertificateFilesTest, AControlPlaneIsAClientToo) {
  ASSERT_THAT(Make(), IsOk());
  for (const int purpose : {X509_PURPOSE_SSL_SERVER, X509_PURPOSE_SSL_CLIENT}) {
    EXPECT_EQ(X509_check_purpose(Certificate("controlplane").get(), purpose, 0),
              1);
  }
  EXPECT_EQ(X509_check_purpose(Certificate("dataplane").get(),
                               X509_PURPOSE_SSL_CLIENT, 0),
            0);
}

TEST_F(CertificateFilesTest, OnlyTheOwnerReadsKeys) {
  const auto names = Make();
  ASSERT_THAT(names, IsOk());
  for (const std::string& name : *names) {
    if (!name.ends_with(".key")) continue;
    struct stat status;
    ASSERT_EQ(stat((folder() / name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600) << name;
  }
}

TEST_F(CertificateFilesTest, OverwritesNothing) {
  std::filesystem::create_directory(folder());
  std::ofstream(folder() / "viewer.key") << "mine";
  EXPECT_THAT(Make(), StatusIs(absl::StatusCode::kAlreadyExists,
                               HasSubstr("viewer.key is there already")));
  EXPECT_FALSE(std::filesystem::exists(folder() / "ca.key"));
}

TEST_F(CertificateFilesTest, SaysWhereItCannotWrite) {
  std::ofstream(folder().string()) << "a file";
  EXPECT_THAT(Make(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr(folder().string())));
}

TEST_F(CertificateFilesTest, NoHostSmugglesInAnotherName) {
  const Authority authority =
      Authority::Create("a", kToday, kToday + absl::Hours(1)).value();
  EXPECT_THAT(authority.Sign({.common_name = "x",
                              .hosts = {"a,URI:weir://role/admin"},
                              .not_before = kToday,
                              .not_after = kToday + absl::Hours(1)}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace weir::cli
