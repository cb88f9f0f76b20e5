#include "common/ids.h"

#include <string>
#include <type_traits>

#include "absl/hash/hash_testing.h"
#include "gtest/gtest.h"

namespace weir {
namespace {

TEST(IdTest, KindsAreNotInterchangeable) {
  static_assert(!std::is_convertible_v<NodeId, TargetId>);
  static_assert(!std::is_convertible_v<std::string, TargetId>);
  static_assert(!std::is_assignable_v<NodeId&, ClientKeyId>);
}

TEST(IdTest, ComparesAndHashesByValue) {
  EXPECT_EQ(NodeId{"a"}, NodeId{"a"});
  EXPECT_NE(NodeId{"a"}, NodeId{"b"});
  EXPECT_LT(NodeId{"a"}, NodeId{"b"});
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {NodeId{""}, NodeId{"a"}, NodeId{"b"}}));
}

TEST(MakeTargetIdTest, FirstSlashDivides) {
  EXPECT_EQ(MakeTargetId("relay", "gpt-4.1").value, "relay/gpt-4.1");
  EXPECT_EQ(MakeTargetId("relay", "org/gpt-4.1").value, "relay/org/gpt-4.1");
}

}  // namespace
}  // namespace weir
