// Usage on the stream: sent until the ledger has it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/sync/routing_client.h"
#include "dataplane/usage/encoded_batch.h"
#include "tests/dataplane/sync/fake_control_plane.h"
#include "tests/dataplane/sync/routing_client_fixture.h"
#include "weir/routing/v1/routing.pb.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using testing::ServedStream;
using testing::SubscribeResponse;
using testing::UntilTheEnd;

std::shared_ptr<const EncodedBatch> Batch(std::uint64_t sequence) {
  routing::v1::UsageBatch batch;
  batch.set_boot_id(42);
  batch.set_sequence(sequence);
  batch.add_records()->set_attempts(sequence);
  return std::make_shared<const EncodedBatch>(
      EncodedBatch{42, sequence, batch.SerializeAsString()});
}

void Acknowledge(ServedStream& stream, std::uint64_t sequence) {
  SubscribeResponse ack;
  ack.mutable_usage()->set_boot_id(42);
  ack.mutable_usage()->set_sequence(sequence);
  stream.Send(ack);
}

TEST_F(RoutingClientTest, UsageWaitsForAControlPlaneThatTalks) {
  routing::v1::UsageBatch got;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    got = stream.TakeAnswer().usage();
    Acknowledge(stream, 1);
    done = true;
    return UntilTheEnd(stream);
  }});
  client_->OfferUsage(Batch(1));
  ASSERT_TRUE(RunUntilSet(done));
  ASSERT_TRUE(RunUntil([this] { return !acks_.empty(); }));
  EXPECT_EQ(got.boot_id(), 42U);
  EXPECT_EQ(got.sequence(), 1U);
  EXPECT_EQ(got.records(0).attempts(), 1U);
  EXPECT_THAT(acks_, ElementsAre(Pair(42, 1)));
  EXPECT_EQ(client_->counters().usage_batches_sent, 1U);
}

TEST_F(RoutingClientTest, UsageIsSentAgainOnANewStream) {
  std::vector<std::uint64_t> got;
  std::atomic<bool> done = false;
  const auto take = [&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    got.push_back(stream.TakeAnswer().usage().sequence());
  };
  const Serving serving = Start({[&](ServedStream& stream) {
                                   take(stream);
                                   return grpc::Status::OK;
                                 },
                                 [&](ServedStream& stream) {
                                   take(stream);
                                   Acknowledge(stream, 7);
                                   return grpc::Status::OK;
                                 },
                                 // Acknowledged: not once more.
                                 [&](ServedStream& stream) {
                                   stream.Next();
                                   stream.Welcome(absl::Milliseconds(1));
                                   if (stream.Take().has_usage()) {
                                     got.push_back(0);
                                   }
                                   done = true;
                                   return UntilTheEnd(stream);
                                 }});
  client_->OfferUsage(Batch(7));
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_THAT(got, ElementsAre(7, 7));
}

TEST_F(RoutingClientTest, AcknowledgementsOfOthersLeaveABatchWaiting) {
  std::vector<std::uint64_t> got;
  std::atomic<bool> done = false;
  const Serving serving =
      Start({[&](ServedStream& stream) {
               stream.Next();
               stream.Welcome(absl::Hours(1));
               stream.TakeAnswer();
               // Of a batch before it.
               Acknowledge(stream, 1);
               return grpc::Status::OK;
             },
             [&](ServedStream& stream) {
               stream.Next();
               stream.Welcome(absl::Hours(1));
               got.push_back(stream.TakeAnswer().usage().sequence());
               done = true;
               return UntilTheEnd(stream);
             }});
  client_->OfferUsage(Batch(2));
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_THAT(got, ElementsAre(2));
}

}  // namespace
}  // namespace weir::dataplane
