#include "controlplane/registry/client_secret.h"

#include <map>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "common/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::MatchesRegex;
using ::testing::StartsWith;
using ::weir::testing::IsOk;

TEST(ClientSecretTest, HasThePrefixAnd43LettersAndDigits) {
  absl::StatusOr<ClientSecret> secret = MakeClientSecret();
  ASSERT_THAT(secret, IsOk());
  EXPECT_THAT(secret->text, MatchesRegex("sk-weir-[0-9A-Za-z]+"));
  EXPECT_EQ(secret->text.size(), 8 + 43);
  EXPECT_EQ(secret->sha256_hex, absl::BytesToHexString(Sha256(secret->text)));
}

TEST(ClientSecretTest, TheHintGivesLittleAway) {
  absl::StatusOr<ClientSecret> secret = MakeClientSecret();
  ASSERT_THAT(secret, IsOk());
  EXPECT_EQ(secret->hint.size(), 12);
  EXPECT_THAT(secret->text, StartsWith(secret->hint));
}

TEST(ClientSecretTest, EachIsNewAndEachLetterAsLikely) {
  constexpr int kSecrets = 2000;
  std::set<std::string> all;
  std::map<char, int> letters;
  for (int i = 0; i < kSecrets; ++i) {
    const std::string text = MakeClientSecret()->text;
    all.insert(text);
    for (char letter : text.substr(8)) ++letters[letter];
  }
  EXPECT_EQ(all.size(), kSecrets);
  ASSERT_EQ(letters.size(), 62);
  // 1387 of each are expected, with a standard deviation of 37.
  for (const auto& [letter, count] : letters) {
    EXPECT_NEAR(count, kSecrets * 43 / 62, 6 * 37) << letter;
  }
}

}  // namespace
}  // namespace weir::controlplane
