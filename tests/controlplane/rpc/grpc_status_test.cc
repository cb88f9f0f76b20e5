#include "controlplane/rpc/grpc_status.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::EndsWith;

TEST(GrpcStatusTest, KeepsCodeAndMessage) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  const grpc::Status status = ToGrpc(absl::NotFoundError("no such thing"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no such thing");
}

// `count` lines of 100 bytes with their ends.
std::string Problems(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines += (i == 0 ? "" : "\n") + std::string(99, 'x');
  }
  return lines;
}

std::string Sent(const std::string& message) {
  return ToGrpc(absl::InvalidArgumentError(message)).error_message();
}

TEST(GrpcStatusTest, CutsWhatNoHeaderCanCarryAtALinesEnd) {
  EXPECT_EQ(Sent(Problems(25)), Problems(25));
  EXPECT_EQ(Sent(Problems(26)), Problems(25) + "\n... and 1 more problem");
  EXPECT_EQ(Sent(Problems(1000)), Problems(25) + "\n... and 975 more problems");
}

TEST(GrpcStatusTest, CutsOneEndlessLineToo) {
  const std::string endless(100'000, 'x');
  EXPECT_LT(Sent(endless).size(), 2600);
  EXPECT_THAT(Sent(endless), EndsWith("xxx..."));
  EXPECT_THAT(Sent(endless + "\nb\nc"),
              EndsWith("xxx...\n... and 2 more problems"));
}

}  // namespace
}  // namespace weir::controlplane
