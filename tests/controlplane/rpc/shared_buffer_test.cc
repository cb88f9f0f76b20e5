#include "controlplane/rpc/shared_buffer.h"

#include <grpcpp/support/slice.h>

#include <memory>
#include <string>

#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

TEST(ShareBytesTest, RefersToTheBytesAndCopiesNothing) {
  const auto bytes = std::make_shared<const std::string>(1 << 20, 'x');
  grpc::ByteBuffer one = ShareBytes(bytes);
  grpc::ByteBuffer two = ShareBytes(bytes);
  grpc::Slice slice;
  ASSERT_TRUE(one.TrySingleSlice(&slice).ok());
  EXPECT_EQ(static_cast<const void*>(slice.begin()), bytes->data());
  EXPECT_EQ(slice.size(), bytes->size());
  ASSERT_TRUE(two.TrySingleSlice(&slice).ok());
  EXPECT_EQ(static_cast<const void*>(slice.begin()), bytes->data());
}

TEST(ShareBytesTest, LetsGoOfTheBytesOnceTheyAreSent) {
  auto bytes = std::make_shared<const std::string>("message");
  const std::weak_ptr<const std::string> watched = bytes;
  grpc::ByteBuffer buffer = ShareBytes(std::move(bytes));
  EXPECT_FALSE(watched.expired());
  buffer.Clear();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace weir::controlplane
