#include "dataplane/trace/export_verdict.h"

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "google/rpc/retry_info.pb.h"

namespace weir::dataplane {
namespace {

using Code = grpc::StatusCode;

struct VerdictCase {
  std::string name;
  Code code;
  ExportVerdict want;
};

class VerdictTest : public ::testing::TestWithParam<VerdictCase> {};

TEST_P(VerdictTest, FollowsTheTable) {
  EXPECT_EQ(VerdictOf({GetParam().code, "why"}), GetParam().want);
}

// The table of the OTLP specification, "Failures".
INSTANTIATE_TEST_SUITE_P(
    Table, VerdictTest,
    ::testing::ValuesIn<VerdictCase>({
        {"Ok", Code::OK, ExportVerdict::kTaken},
        {"Cancelled", Code::CANCELLED, ExportVerdict::kAgain},
        {"Unknown", Code::UNKNOWN, ExportVerdict::kRefused},
        {"Invalid", Code::INVALID_ARGUMENT, ExportVerdict::kRefused},
        {"Deadline", Code::DEADLINE_EXCEEDED, ExportVerdict::kAgain},
        {"NotFound", Code::NOT_FOUND, ExportVerdict::kRefused},
        {"Exists", Code::ALREADY_EXISTS, ExportVerdict::kRefused},
        {"Denied", Code::PERMISSION_DENIED, ExportVerdict::kRefused},
        {"Unauthenticated", Code::UNAUTHENTICATED, ExportVerdict::kRefused},
        {"Exhausted", Code::RESOURCE_EXHAUSTED, ExportVerdict::kRefused},
        {"Precondition", Code::FAILED_PRECONDITION, ExportVerdict::kRefused},
        {"Aborted", Code::ABORTED, ExportVerdict::kAgain},
        {"Range", Code::OUT_OF_RANGE, ExportVerdict::kAgain},
        {"Unimplemented", Code::UNIMPLEMENTED, ExportVerdict::kRefused},
        {"Internal", Code::INTERNAL, ExportVerdict::kRefused},
        {"Unavailable", Code::UNAVAILABLE, ExportVerdict::kAgain},
        {"DataLoss", Code::DATA_LOSS, ExportVerdict::kAgain},
    }),
    [](const auto& test) { return test.param.name; });

grpc::Status Exhausted(int seconds, int nanos) {
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(seconds);
  info.mutable_retry_delay()->set_nanos(nanos);
  google::rpc::Status details;
  // Something else comes first.
  details.add_details()->PackFrom(google::rpc::Status());
  details.add_details()->PackFrom(info);
  return {Code::RESOURCE_EXHAUSTED, "slowly", details.SerializeAsString()};
}

TEST(RetryDelayTest, WhoSaysWhenMayBeAskedAgain) {
  EXPECT_EQ(RetryDelayOf(Exhausted(2, 500'000'000)), absl::Seconds(2.5));
  EXPECT_EQ(VerdictOf(Exhausted(2, 0)), ExportVerdict::kAgain);
}

TEST(RetryDelayTest, NobodyIsBelievedWithoutEnd) {
  EXPECT_EQ(RetryDelayOf(Exhausted(86'400, 0)), absl::Minutes(1));
}

TEST(RetryDelayTest, NonsenseIsNone) {
  EXPECT_EQ(RetryDelayOf(Exhausted(-1, 0)), std::nullopt);
  EXPECT_EQ(RetryDelayOf({Code::RESOURCE_EXHAUSTED, "", "\xff\xff"}),
            std::nullopt);
  EXPECT_EQ(RetryDelayOf({Code::UNAVAILABLE, ""}), std::nullopt);
}

}  // namespace
}  // namespace weir::dataplane
