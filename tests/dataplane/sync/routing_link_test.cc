// How a stream begins, ends and comes back.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/routing_client.h"
#include "dataplane/sync/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/sync/fake_control_plane.h"
#include "tests/dataplane/sync/routing_client_fixture.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using testing::ServedStream;
using testing::SubscribeResponse;
using testing::UntilTheEnd;

TEST_F(RoutingClientTest, ComesBackAndSaysWhatItRuns) {
  routing::v1::Hello second;
  std::atomic<bool> done = false;
  const Serving serving =
      Start({[&](ServedStream& stream) {
               stream.Next();
               stream.Config(Of(1, 7, Resources("m")), Resources("m"));
               stream.TakeAnswer();
               return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
             },
             [&](ServedStream& stream) {
               second = stream.Take().hello();
               done = true;
               return UntilTheEnd(stream);
             }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_EQ(FromProto(second.config()), Of(1, 7, Resources("m")));
  EXPECT_EQ(client_->counters().connects, 2u);
  // Losing the control plane changes nothing.
  EXPECT_EQ(lanes_.current().config->models.at(0).name, "m");
}

TEST_F(RoutingClientTest, FindsAControlPlaneThatComesLater) {
  options_.control_plane = "127.0.0.1:1";
  client_.emplace(options_, lanes_,
                  RoutingClient::Hooks{.on_change = [] {}, .make_report = {}},
                  loop_.get_executor(), clock_, random_);
  client_->Start();
  ASSERT_TRUE(RunUntil([&] { return client_->counters().connects >= 3; }));
  EXPECT_EQ(client_->link(), RoutingClient::Link::kDown);
}

TEST_F(RoutingClientTest, LeavesAStreamThatFallsSilent) {
  std::atomic<bool> first_ended = false;
  std::atomic<bool> done = false;
  options_.silence_limit = absl::Milliseconds(100);
  const Serving serving = Start({[&](ServedStream& stream) {
                                   // Not a word.
                                   UntilTheEnd(stream);
                                   first_ended = true;
                                   return grpc::Status::OK;
                                 },
                                 [&](ServedStream& stream) {
                                   done = true;
                                   return UntilTheEnd(stream);
                                 }});
  ASSERT_TRUE(RunUntilSet(done));
  ASSERT_TRUE(RunUntilSet(first_ended));
}

TEST_F(RoutingClientTest, TheWelcomeSaysHowLongSilenceMayLast) {
  std::atomic<bool> done = false;
  const Serving serving =
      Start({[&](ServedStream& stream) {
               stream.Next();
               stream.Welcome(absl::Hours(1),
                              /*heartbeat_interval=*/absl::Milliseconds(10));
               return UntilTheEnd(stream);
             },
             [&](ServedStream& stream) {
               done = true;
               return UntilTheEnd(stream);
             }});
  ASSERT_TRUE(RunUntilSet(done));
}

TEST_F(RoutingClientTest, AsksAgainForWhatHeartbeatsSayItShouldRun) {
  SubscribeResponse ahead;
  *ahead.mutable_heartbeat()->mutable_config() =
      ToProto(Of(1, 9, Resources("lost")));
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
                                   stream.Next();
                                   stream.Send(ahead);
                                   stream.Send(ahead);
                                   return UntilTheEnd(stream);
                                 },
                                 [&](ServedStream& stream) {
                                   done = true;
                                   return UntilTheEnd(stream);
                                 }});
  ASSERT_TRUE(RunUntilSet(done));
}

TEST_F(RoutingClientTest, ReportsOnTheControlPlanesInterval) {
  std::vector<std::uint32_t> reports;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Milliseconds(100));
    for (int i = 0; i < 3; ++i) {
      reports.push_back(stream.Take().report().requests_in_flight());
    }
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_THAT(reports, ElementsAre(1, 2, 3));
}

TEST_F(RoutingClientTest, EachStreamBeginsWithAReportOfAll) {
  const testing::FakeControlPlane::Script script = [&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Milliseconds(1));
    stream.Take();
    stream.Take();
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
  };
  const Serving serving = Start({script, script});
  ASSERT_TRUE(RunUntil([&] { return client_->counters().connects >= 3; }));
  EXPECT_EQ(extents_.front(), ReportExtent::kWhole);
  EXPECT_EQ(extents_.at(1), ReportExtent::kChanges);
  EXPECT_EQ(std::count(extents_.begin(), extents_.end(), ReportExtent::kWhole),
            2);
}

TEST_F(RoutingClientTest, ReportsNewsBeforeTheIntervalIsOver) {
  std::atomic<int> reports = 0;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    while (stream.Next().has_value()) ++reports;
    return grpc::Status::OK;
  }});
  ASSERT_TRUE(RunUntil([&] { return reports == 1; }));
  for (int i = 0; i < 100; ++i) client_->NoteNews();
  ASSERT_TRUE(RunUntil([&] { return reports == 2; }));
  // A hundred news were one report.
  EXPECT_EQ(client_->counters().reports_sent, 2u);
}

TEST_F(RoutingClientTest, NewsWithoutAStreamAreNoReport) {
  const Serving serving = Start({});
  client_->NoteNews();
  ASSERT_TRUE(RunUntil([&] { return client_->counters().connects >= 2; }));
  EXPECT_EQ(reports_made_, 0u);
}

TEST_F(RoutingClientTest, SaysThatItDrainsOnEveryStream) {
  std::atomic<int> drains = 0;
  const testing::FakeControlPlane::Script script = [&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    if (stream.TakeAnswer().has_draining()) ++drains;
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
  };
  const Serving serving = Start({script, script});
  client_->StartDrain();
  ASSERT_TRUE(RunUntil([&] { return drains == 2; }));
}

TEST_F(RoutingClientTest, FinishesWithALastReport) {
  std::vector<std::uint32_t> reports;
  std::atomic<bool> ended = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    while (const auto request = stream.Next()) {
      reports.push_back(request->report().requests_in_flight());
    }
    ended = true;
    return grpc::Status::OK;
  }});
  ASSERT_TRUE(RunUntil([&] { return client_->counters().reports_sent == 1; }));
  bool finished = false;
  client_->Finish(kPatience, [&] { finished = true; });
  ASSERT_TRUE(RunUntil([&] { return finished; }));
  ASSERT_TRUE(RunUntilSet(ended));
  // The first may have been replaced before it was sent.
  EXPECT_EQ(reports.back(), 2u);
  // It does not come back.
  EXPECT_EQ(client_->counters().connects, 1u);
}

TEST_F(RoutingClientTest, DoesNotWaitForEverToFinish) {
  std::atomic<bool> release = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    while (!release) std::this_thread::yield();
    return grpc::Status::OK;
  }});
  ASSERT_TRUE(
      RunUntil([&] { return client_->link() == RoutingClient::Link::kUp; }));
  bool finished = false;
  client_->Finish(absl::Milliseconds(20), [&] { finished = true; });
  EXPECT_TRUE(RunUntil([&] { return finished; }));
  release = true;
}

TEST_F(RoutingClientTest, FinishesAtOnceWithoutAStream) {
  const Serving serving = Start({});
  bool finished = false;
  client_->Finish(kPatience, [&] { finished = true; });
  EXPECT_TRUE(finished);
}

TEST_F(RoutingClientTest, StopsInTheMiddleOfAnything) {
  for (int i = 0; i < 20; ++i) {
    const Serving serving = Start({[&](ServedStream& stream) {
      stream.Next();
      stream.Welcome(absl::Milliseconds(100));
      stream.Config(Of(1, 1, Resources("m")), Resources("m"));
      return UntilTheEnd(stream);
    }});
    for (int turns = 0; turns < i; ++turns)
      loop_.run_one_for(std::chrono::milliseconds(1));
    client_->Stop();
    client_.reset();
    loop_.poll();
    control_plane_.reset();
  }
}

}  // namespace
}  // namespace weir::dataplane
