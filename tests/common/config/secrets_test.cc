#include "common/config/secrets.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

class SecretFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "weir-secrets-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override {
    unlink(Path().c_str());
    rmdir(directory_.c_str());
  }

  std::string Path() const { return directory_ + "/key"; }
  void Write(const std::string& content) {
    std::ofstream(Path(), std::ios::binary) << content;
  }
  absl::StatusOr<Secret> Resolve() const { return ResolveFile(Path()); }
  static absl::StatusOr<Secret> ResolveFile(const std::string& path) {
    v1::SecretRef reference;
    reference.set_file(path);
    return ResolveSecret(reference);
  }

  std::string directory_;
};

TEST_F(SecretFileTest, WhiteSpaceAroundTheContentIsDropped) {
  Write("\n  sk-top secret \r\n\t");
  const auto secret = Resolve();
  ASSERT_THAT(secret, IsOk());
  EXPECT_EQ(secret->Reveal(), "sk-top secret");
}

TEST_F(SecretFileTest, IsReadAgainEachTime) {
  Write("one");
  ASSERT_EQ(Resolve()->Reveal(), "one");
  Write("two");
  EXPECT_EQ(Resolve()->Reveal(), "two");
}

TEST_F(SecretFileTest, AMissingFileIsNamed) {
  EXPECT_THAT(Resolve(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(Path())));
}

TEST_F(SecretFileTest, AnEmptyFileIsNoSecret) {
  Write(" \n");
  EXPECT_THAT(Resolve(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                  HasSubstr("empty")));
}

TEST_F(SecretFileTest, SixtyFourKibibytesAreTheMost) {
  Write(std::string(64 * 1024, 'x'));
  EXPECT_THAT(Resolve(), IsOk());
  Write(std::string(64 * 1024 + 1, 'x'));
  EXPECT_THAT(Resolve(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                  HasSubstr("64 KiB")));
}

TEST_F(SecretFileTest, WhatNoHeaderCanCarryIsRefusedWithoutBeingShown) {
  for (const char* content :
       {"sk-a\nb", "sk-a\x01", "sk-\xC3\xA4", "sk-\x7F"}) {
    Write(content);
    EXPECT_THAT(Resolve(),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr(Path()), Not(HasSubstr("sk-")))));
  }
}

TEST_F(SecretFileTest, ADirectoryIsNoSecret) {
  EXPECT_THAT(ResolveFile(directory_),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(SecretFileTest, APipeWithoutAWriterDoesNotHang) {
  ASSERT_EQ(mkfifo(Path().c_str(), 0600), 0);
  EXPECT_THAT(Resolve(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                  HasSubstr("not a regular file")));
}

v1::SecretRef Variable(const std::string& name) {
  v1::SecretRef reference;
  reference.set_env(name);
  return reference;
}

TEST(SecretVariableTest, IsTakenAsItIs) {
  setenv("WEIR_SECRETS_TEST", "sk-1", 1);
  const auto secret = ResolveSecret(Variable("WEIR_SECRETS_TEST"));
  ASSERT_THAT(secret, IsOk());
  EXPECT_EQ(secret->Reveal(), "sk-1");
}

TEST(SecretVariableTest, AMissingOneIsNamed) {
  unsetenv("WEIR_SECRETS_TEST");
  EXPECT_THAT(
      ResolveSecret(Variable("WEIR_SECRETS_TEST")),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("WEIR_SECRETS_TEST")));
}

TEST(SecretVariableTest, AnEmptyOneIsNoSecret) {
  setenv("WEIR_SECRETS_TEST", "", 1);
  EXPECT_THAT(ResolveSecret(Variable("WEIR_SECRETS_TEST")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(SecretVariableTest, AReferenceWithoutASourceResolvesToNothing) {
  EXPECT_THAT(ResolveSecret({}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(SecretTest, EqualsComparesValues) {
  EXPECT_TRUE(Secret("abc").Equals(Secret("abc")));
  EXPECT_FALSE(Secret("abc").Equals(Secret("abd")));
  EXPECT_FALSE(Secret("abc").Equals(Secret("ab")));
  EXPECT_TRUE(Secret().Equals(Secret("")));
}

TEST(SecretTest, AMovedFromSecretIsEmpty) {
  for (const char* value :
       {"short", "longer than any small string buffer is"}) {
    Secret source(value);
    const Secret copy = source;
    const Secret taken = std::move(source);
    EXPECT_EQ(taken.Reveal(), value);
    EXPECT_TRUE(copy.Equals(taken));
    EXPECT_TRUE(source.empty());  // NOLINT: what this test is about.
  }
}

TEST(SecretTest, AssignmentReplaces) {
  Secret secret("old");
  secret = Secret("new");
  EXPECT_EQ(secret.Reveal(), "new");
}

TEST(DescribeSecretRefTest, NamesTheReference) {
  EXPECT_EQ(DescribeSecretRef(Variable("RELAY_KEY")), "env RELAY_KEY");
  v1::SecretRef file;
  file.set_file("/run/key");
  EXPECT_EQ(DescribeSecretRef(file), "file /run/key");
}

}  // namespace
}  // namespace weir::config
