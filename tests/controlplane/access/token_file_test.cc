#include "controlplane/access/token_file.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "common/sha256.h"
#include "controlplane/access/role.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/temporary_directory.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

std::string Digest(const std::string& secret) {
  return absl::BytesToHexString(Sha256(secret));
}

TEST(ParseTokensTest, ReadsNamesRolesAndDigests) {
  const auto tokens =
      ParseTokens("# who is on call\n\nana operator " + Digest("a") +
                  "\n  root  admin " + Digest("b") + "  # keep it safe\n");
  ASSERT_THAT(tokens, IsOk());
  ASSERT_EQ(tokens->size(), 2);
  EXPECT_EQ((*tokens)[0].name, "ana");
  EXPECT_EQ((*tokens)[0].role, Role::kOperator);
  EXPECT_EQ((*tokens)[0].sha256, Sha256("a"));
  EXPECT_EQ((*tokens)[1].role, Role::kAdmin);
}

struct WrongTokens {
  std::string name;
  std::string text;
  std::string why;
};

class WrongTokensTest : public ::testing::TestWithParam<WrongTokens> {};

TEST_P(WrongTokensTest, AreRefusedByLine) {
  EXPECT_THAT(
      ParseTokens(GetParam().text),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().why)));
}

INSTANTIATE_TEST_SUITE_P(
    Files, WrongTokensTest,
    ::testing::ValuesIn<WrongTokens>({
        {"Empty", "", "there is no token"},
        {"CommentsAlone", "# none\n", "there is no token"},
        {"TooFewWords", "ana admin\n", "line 1: write NAME ROLE SHA256"},
        {"TooManyWords", "ana admin " + Digest("a") + " x\n", "line 1: write"},
        {"NoRole", "\nana boss " + Digest("a"), "line 2: the role has to be"},
        {"ANodesRole", "ana node " + Digest("a"), "line 1: the role has to be"},
        {"TheSecretItself", "ana admin sk-secret", "64 hexadecimal digits"},
        {"NoDigits", "ana admin " + std::string(64, 'x'), "64 hexadecimal"},
        {"NameTwice",
         "ana admin " + Digest("a") + "\nana viewer " + Digest("b"),
         "line 2: the name is taken"},
        {"TokenTwice",
         "ana admin " + Digest("a") + "\nbob admin " + Digest("a"),
         "line 2: another name has the same token"},
    }),
    [](const auto& test) { return test.param.name; });

class TokenFileTest : public ::testing::Test {
 protected:
  void Write(const std::string& text) const {
    std::ofstream(path_ + ".new") << text;
    std::filesystem::rename(path_ + ".new", path_);
  }

  const TemporaryDirectory folder_;
  const std::string path_ = folder_.path() + "/tokens";
};

TEST_F(TokenFileTest, FindsATokenByItsSecretAlone) {
  Write("ana operator " + Digest("s3cret"));
  const auto file = TokenFile::Open(path_).value();
  const std::optional<Token> found = file->Find("s3cret");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->name, "ana");
  EXPECT_FALSE(file->Find("").has_value());
  EXPECT_FALSE(file->Find("S3cret").has_value());
  // The digest is no secret, and opens nothing.
  EXPECT_FALSE(file->Find(Digest("s3cret")).has_value());
}

TEST_F(TokenFileTest, FollowsItsFileAndKeepsWhatWorked) {
  Write("ana operator " + Digest("old"));
  const auto file = TokenFile::Open(path_).value();
  Write("ana operator " + Digest("new"));
  file->Poll();
  EXPECT_FALSE(file->Find("old").has_value());
  EXPECT_TRUE(file->Find("new").has_value());

  Write("ana\n");
  file->Poll();
  EXPECT_TRUE(file->Find("new").has_value());
  EXPECT_THAT(file->problem(), HasSubstr(path_ + ": line 1"));
  EXPECT_EQ(file->counts().replaced, 1);
  EXPECT_EQ(file->counts().refused, 1);
}

TEST_F(TokenFileTest, DoesNotOpenWhatIsNotThere) {
  EXPECT_THAT(TokenFile::Open(path_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(path_ + ": No such file")));
}

}  // namespace
}  // namespace weir::controlplane
