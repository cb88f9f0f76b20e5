#include "common/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"

namespace weir {
namespace {

struct Sha256Case {
  std::string name;
  std::string text;
  // In hexadecimal.
  std::string_view digest;
};

class Sha256Test : public ::testing::TestWithParam<Sha256Case> {};

TEST_P(Sha256Test, FollowsTheStandard) {
  EXPECT_EQ(absl::BytesToHexString(Sha256(GetParam().text)), GetParam().digest);
}

TEST_P(Sha256Test, BothFormsAreTheSame) {
  const Sha256Digest digest = DigestOf(GetParam().text);
  EXPECT_EQ(std::string(digest.begin(), digest.end()), Sha256(GetParam().text));
}

// NIST's examples for FIPS 180-4, of none, one and many blocks.
INSTANTIATE_TEST_SUITE_P(
    Examples, Sha256Test,
    ::testing::ValuesIn<Sha256Case>({
        {"Empty", "",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"OneBlock", "abc",
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"TwoBlocks",
         "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"AMillionLetters", std::string(1'000'000, 'a'),
         "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir
