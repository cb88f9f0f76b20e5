#include "controlplane/rpc/grpc_status.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

TEST(GrpcStatusTest, KeepsCodeAndMessage) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  const grpc::Status status = ToGrpc(absl::NotFoundError("no such thing"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no such thing");
}

TEST(GrpcStatusTest, CutsWhatNoHeaderCanCarryAtALinesEnd) {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += std::string(99, 'x') + "\n";
  const std::string cut =
      ToGrpc(absl::InvalidArgumentError(lines)).error_message();
  EXPECT_THAT(cut, StartsWith(std::string(99, 'x') + "\n"));
  EXPECT_THAT(cut, EndsWith("xxx\n... and 76 more lines"));
  EXPECT_LT(cut.size(), 2600);
}

TEST(GrpcStatusTest, CutsOneEndlessLineToo) {
  const std::string cut =
      ToGrpc(absl::InvalidArgumentError(std::string(100'000, 'x')))
          .error_message();
  EXPECT_LT(cut.size(), 2600);
  EXPECT_THAT(cut, EndsWith("more lines"));
}

}  // namespace
}  // namespace weir::controlplane
