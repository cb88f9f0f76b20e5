// The client against a control plane that does what the test says, over real
// gRPC on loopback.
#include "dataplane/sync/routing_client.h"

#include <google/protobuf/text_format.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/sync_stream.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/effective.h"
#include "common/mutex.h"
#include "common/sha256.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/sync/fake_sources.h"
#include "tests/testing/fake_random.h"
#include "weir/config/v1/resources.pb.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::dataplane {
namespace {

using routing::v1::SubscribeRequest;
using routing::v1::SubscribeResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Longer than anything here takes, however busy the machine is: reached only
// when a test fails.
constexpr absl::Duration kPatience = absl::Seconds(30);

// One stream as the control plane sees it.
class ServedStream {
 public:
  using Rpc = grpc::ServerReaderWriter<SubscribeResponse, SubscribeRequest>;

  explicit ServedStream(Rpc* rpc) : rpc_(rpc) {}

  void Send(const SubscribeResponse& message) { rpc_->Write(message); }
  void Welcome(absl::Duration report_interval,
               absl::Duration heartbeat_interval = absl::Hours(1)) {
    SubscribeResponse message;
    message.mutable_welcome()->set_epoch(1);
    *message.mutable_welcome()->mutable_report_interval() =
        config::FromDuration(report_interval);
    *message.mutable_welcome()->mutable_heartbeat_interval() =
        config::FromDuration(heartbeat_interval);
    Send(message);
  }
  void Config(const Version& version, const std::string& bytes) {
    SubscribeResponse message;
    *message.mutable_config()->mutable_version() = ToProto(version);
    message.mutable_config()->set_resources(bytes);
    Send(message);
  }

  // The next message of the node; nullopt at the stream's end.
  std::optional<SubscribeRequest> Next() {
    SubscribeRequest request;
    if (!rpc_->Read(&request)) return std::nullopt;
    return request;
  }
  // The next one that is no report, or the stream's end.
  std::optional<SubscribeRequest> NextAnswer() {
    for (;;) {
      std::optional<SubscribeRequest> request = Next();
      if (!request.has_value() || !request->has_report()) return request;
    }
  }

 private:
  Rpc* const rpc_;
};

// Serves each stream by the next script; the call ends with what it returns.
class FakeControlPlane final : public routing::v1::Routing::Service {
 public:
  using Script = std::function<grpc::Status(ServedStream&)>;

  explicit FakeControlPlane(std::vector<Script> scripts)
      : scripts_(scripts.begin(), scripts.end()) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.SetMaxSendMessageSize(-1);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeControlPlane() override {
    server_->Shutdown(std::chrono::system_clock::now());
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  grpc::Status Subscribe(grpc::ServerContext*,
                         ServedStream::Rpc* rpc) override {
    std::optional<Script> script = NextScript();
    if (!script.has_value()) {
      return {grpc::StatusCode::UNAVAILABLE, "no script left"};
    }
    ServedStream stream(rpc);
    return (*script)(stream);
  }

 private:
  std::optional<Script> NextScript() {
    MutexLock lock(&mutex_);
    if (scripts_.empty()) return std::nullopt;
    Script script = std::move(scripts_.front());
    scripts_.pop_front();
    return script;
  }

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  Mutex mutex_;
  std::deque<Script> scripts_ ABSL_GUARDED_BY(mutex_);
};

// A configuration with one model, named `model`.
std::string Resources(const std::string& model) {
  config::v1::Resources resources;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "providers { name: 'p' base_url: 'http://p.example' } "
      "models { name: '" +
          model + "' targets { provider: 'p' } }",
      &resources));
  return resources.SerializeAsString();
}

Version Of(std::uint64_t epoch, std::uint64_t sequence,
           const std::string& bytes) {
  return {epoch, sequence, weir::Sha256(bytes)};
}

class RoutingClientTest : public ::testing::Test {
 protected:
  RoutingClientTest() {
    options_.node_id = "node-1";
    options_.boot_id = 42;
    options_.region = "eu";
    options_.build_version = "1.2.3";
    options_.listen_address = "127.0.0.1:8080";
    options_.backoff_base = absl::Milliseconds(1);
    options_.backoff_cap = absl::Milliseconds(1);
  }
  ~RoutingClientTest() override { client_.reset(); }

  // Scripts use what the test's body declares, so they end before it does.
  class Serving {
   public:
    explicit Serving(RoutingClientTest& test) : test_(test) {}
    ~Serving() {
      test_.client_.reset();
      test_.control_plane_.reset();
    }

   private:
    RoutingClientTest& test_;
  };

  // Serves `scripts` and starts the client, until the result goes.
  [[nodiscard]] Serving Start(std::vector<FakeControlPlane::Script> scripts) {
    control_plane_.emplace(std::move(scripts));
    options_.control_plane = control_plane_->address();
    client_.emplace(
        options_, lanes_,
        RoutingClient::Hooks{
            .on_change = [this] { ++changes_; },
            .make_report =
                [this](std::function<void(routing::v1::Report)> done) {
                  routing::v1::Report report;
                  report.set_boot_id(42);
                  report.set_requests_in_flight(++reports_made_);
                  done(std::move(report));
                }},
        loop_.get_executor(), clock_, random_);
    client_->Start();
    return Serving(*this);
  }

  // Runs the loop until `done`; false when it takes too long.
  [[nodiscard]] bool RunUntil(const std::function<bool()>& done) {
    const absl::Time end = clock_.Now() + kPatience;
    while (!done()) {
      if (clock_.Now() > end) return false;
      loop_.run_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  [[nodiscard]] bool RunUntilSet(const std::atomic<bool>& flag) {
    return RunUntil([&flag] { return flag.load(); });
  }

  SystemClock clock_;
  testing::FakeRandom random_;
  testing::FakeMachine machine_;
  Lanes lanes_{"eu", machine_.Sources(), clock_};
  RoutingClientOptions options_;
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_ = boost::asio::make_work_guard(loop_);
  std::optional<FakeControlPlane> control_plane_;
  std::optional<RoutingClient> client_;
  int changes_ = 0;
  std::uint32_t reports_made_ = 0;
};

// Waits for the node to end the stream.
grpc::Status UntilTheEnd(ServedStream& stream) {
  while (stream.Next().has_value()) {
  }
  return grpc::Status::OK;
}

TEST_F(RoutingClientTest, SaysWhoItIs) {
  routing::v1::Hello hello;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    hello = stream.Next()->hello();
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_EQ(hello.node_id(), "node-1");
  EXPECT_EQ(hello.boot_id(), 42u);
  EXPECT_EQ(hello.region(), "eu");
  EXPECT_EQ(hello.build_version(), "1.2.3");
  EXPECT_EQ(hello.listen_address(), "127.0.0.1:8080");
  EXPECT_FALSE(hello.has_config());
  EXPECT_EQ(client_->link(), RoutingClient::Link::kDown);
}

TEST_F(RoutingClientTest, AppliesAConfigurationThenAcknowledges) {
  const Version version = Of(1, 1, Resources("m"));
  std::optional<SubscribeRequest> answer;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    stream.Config(version, Resources("m"));
    answer = stream.NextAnswer();
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  ASSERT_TRUE(answer.has_value() && answer->has_ack());
  EXPECT_EQ(answer->ack().lane(), routing::v1::LANE_CONFIG);
  EXPECT_EQ(FromProto(answer->ack().version()), version);
  EXPECT_EQ(lanes_.current().config->models.at(0).name, "m");
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(client_->link(), RoutingClient::Link::kUp);
}

TEST_F(RoutingClientTest, AppliesWeights) {
  routing::v1::Weights weights;
  weights.mutable_time_to_live()->set_seconds(60);
  const std::string bytes = weights.SerializeAsString();
  std::optional<SubscribeRequest> answer;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    SubscribeResponse message;
    *message.mutable_weights()->mutable_version() = ToProto(Of(1, 4, bytes));
    message.mutable_weights()->set_weights(bytes);
    stream.Send(message);
    answer = stream.NextAnswer();
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_EQ(answer->ack().lane(), routing::v1::LANE_WEIGHTS);
  EXPECT_EQ(lanes_.weights_version(), Of(1, 4, bytes));
}

TEST_F(RoutingClientTest, RefusesGarbageAndGoesOn) {
  std::vector<SubscribeRequest> answers;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Config(Of(1, 1, "\xff garbage"), "\xff garbage");
    answers.push_back(*stream.NextAnswer());
    stream.Config(Of(1, 2, "what it should be"), Resources("m"));
    answers.push_back(*stream.NextAnswer());
    stream.Config(Of(1, 3, Resources("m")), Resources("m"));
    answers.push_back(*stream.NextAnswer());
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_THAT(answers[0].nack().problems(),
              ElementsAre(HasSubstr("no Resources")));
  EXPECT_FALSE(answers[0].nack().has_running());
  EXPECT_THAT(answers[1].nack().problems(), ElementsAre(HasSubstr("hash")));
  EXPECT_TRUE(answers[2].has_ack());
  const auto refused = std::pair<std::string, std::string>("config", "refused");
  EXPECT_EQ(client_->counters().updates.at(refused), 2u);
}

TEST_F(RoutingClientTest, AnOldLeaderCantRollItBack) {
  std::vector<SubscribeRequest> answers;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Config(Of(2, 1, Resources("new")), Resources("new"));
    answers.push_back(*stream.NextAnswer());
    stream.Config(Of(1, 99, Resources("old")), Resources("old"));
    answers.push_back(*stream.NextAnswer());
    stream.Config(Of(2, 1, Resources("new")), Resources("new"));
    answers.push_back(*stream.NextAnswer());
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  ASSERT_TRUE(answers[1].has_nack());
  EXPECT_EQ(FromProto(answers[1].nack().running()), Of(2, 1, Resources("new")));
  EXPECT_TRUE(answers[2].has_ack());
  EXPECT_EQ(lanes_.current().config->models.at(0).name, "new");
  EXPECT_EQ(changes_, 1);
}

TEST_F(RoutingClientTest, IgnoresAndCountsWhatItDoesNotKnow) {
  std::optional<SubscribeRequest> answer;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    // A message of field 99, as a later version may have it.
    SubscribeResponse unknown;
    EXPECT_TRUE(unknown.ParseFromString(std::string("\x9a\x06\x01x", 4)));
    stream.Send(unknown);
    stream.Config(Of(1, 1, Resources("m")), Resources("m"));
    answer = stream.NextAnswer();
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_TRUE(answer->has_ack());
  EXPECT_EQ(client_->counters().unknown_messages, 1u);
}

TEST_F(RoutingClientTest, ComesBackAndSaysWhatItRuns) {
  routing::v1::Hello second;
  std::atomic<bool> done = false;
  const Serving serving =
      Start({[&](ServedStream& stream) {
               stream.Next();
               stream.Config(Of(1, 7, Resources("m")), Resources("m"));
               stream.NextAnswer();
               return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
             },
             [&](ServedStream& stream) {
               second = stream.Next()->hello();
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
      reports.push_back(stream.Next()->report().requests_in_flight());
    }
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_THAT(reports, ElementsAre(1, 2, 3));
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
  const FakeControlPlane::Script script = [&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    if (stream.NextAnswer()->has_draining()) ++drains;
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
