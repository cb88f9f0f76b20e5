#include "common/net/plaintext.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::net {
namespace {

struct LoopbackCase {
  std::string name;
  std::string address;
  // Whether plain text may go there without anybody's word.
  bool is_loopback;
};

class PlaintextTest : public ::testing::TestWithParam<LoopbackCase> {};

TEST_P(PlaintextTest, FollowsTheTable) {
  EXPECT_EQ(IsLoopback(GetParam().address), GetParam().is_loopback);
  EXPECT_EQ(MayBePlain(GetParam().address, Plaintext::kOnLoopback),
            GetParam().is_loopback);
  EXPECT_TRUE(MayBePlain(GetParam().address, Plaintext::kAnywhere));
}

INSTANTIATE_TEST_SUITE_P(Addresses, PlaintextTest,
                         ::testing::ValuesIn<LoopbackCase>({
                             {"Loopback4", "127.0.0.1:7400", true},
                             {"AllOfLoopback4", "127.9.8.7:0", true},
                             {"Loopback6", "[::1]:7400", true},
                             {"ByName", "localhost:7400", true},
                             {"Everywhere4", "0.0.0.0:7400", false},
                             {"Everywhere6", "[::]:7400", false},
                             {"Private", "10.0.0.1:7400", false},
                             {"OtherName", "weir-controlplane:7400", false},
                             {"NameOfALoopbackLook",
                              "127.0.0.1.example.com:7400", false},
                             {"Nonsense", "nonsense", false},
                         }),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::net
