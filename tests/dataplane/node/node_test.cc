// A whole node, with its workers, before a control plane that follows a script.
#include "dataplane/node.h"

#include <google/protobuf/text_format.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/sha256.h"
#include "dataplane/node_options.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/snapshot_cache.h"
#include "dataplane/sync/stored_lanes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/node/ops_get.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"
#include "tests/dataplane/sync/fake_control_plane.h"
#include "tests/testing/fake_random.h"
#include "tests/testing/status_matchers.h"
#include "weir/config/v1/resources.pb.h"
#include "weir/routing/v1/routing.pb.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using testing::FakeControlPlane;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::ServedStream;
using ::testing::StartsWith;
using testing::StatusIs;
using testing::UntilTheEnd;

// Reached only when a test fails.
constexpr absl::Duration kPatience = absl::Seconds(30);

std::string Resources() {
  config::v1::Resources resources;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "providers { name: 'p' base_url: 'http://127.0.0.1:9' } "
      "models { name: 'm' targets { provider: 'p' } }",
      &resources));
  return resources.SerializeAsString();
}

Version VersionOf(std::uint64_t sequence, const std::string& bytes) {
  return {1, sequence, weir::Sha256(bytes)};
}

class NodeTest : public ::testing::Test {
 protected:
  NodeTest() {
    std::filesystem::create_directories(directory_);
    options_.control_plane = "127.0.0.1:1";  // Nobody is there.
    options_.listen = "127.0.0.1:0";
    options_.ops_listen = "127.0.0.1:0";
    options_.workers = 2;
    options_.drain_delay = absl::ZeroDuration();
    options_.drain_timeout = absl::ZeroDuration();
  }
  ~NodeTest() override {
    node_.reset();
    control_plane_.reset();
    std::filesystem::remove_all(directory_);
  }

  absl::Status Start() {
    node_.emplace(options_, loop_, clock_, random_);
    absl::StatusOr<Node::Addresses> addresses = node_->Start();
    if (addresses.ok()) addresses_ = *addresses;
    return addresses.status();
  }
  void ServeOneStream(FakeControlPlane::Script script) {
    control_plane_.emplace(
        std::vector<FakeControlPlane::Script>{std::move(script)});
    options_.control_plane = control_plane_->address();
  }
  void UseCache(const StoredLanes& lanes) {
    options_.snapshot_cache = cache_;
    EXPECT_THAT(SnapshotCache(cache_).Save(lanes), IsOk());
  }
  std::string Get(const std::string& path) {
    return testing::OpsGet(loop_, addresses_.ops, path);
  }
  [[nodiscard]] bool RunUntil(const std::function<bool()>& done) {
    const absl::Time end = clock_.Now() + kPatience;
    while (!done()) {
      if (clock_.Now() > end) return false;
      loop_.run_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  // Whether the node gets ready.
  [[nodiscard]] bool BecomesReady() {
    return RunUntil([this] { return Get("/readyz").find(" 200 ") == 8; });
  }

  const std::string directory_ = absl::StrCat(
      ::testing::TempDir(), "/node_test.", getpid(), ".",
      ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::string cache_ = directory_ + "/snapshot";
  SystemClock clock_;
  testing::FakeRandom random_;
  boost::asio::io_context loop_;
  NodeOptions options_;
  std::optional<FakeControlPlane> control_plane_;
  std::optional<Node> node_;
  Node::Addresses addresses_;
};

StoredLanes Lanes(const std::string& bytes) {
  StoredLanes lanes;
  lanes.config = {VersionOf(5, bytes),
                  std::make_shared<const std::string>(bytes)};
  return lanes;
}

TEST_F(NodeTest, SaysWhereItReallyListens) {
  ASSERT_THAT(Start(), IsOk());
  EXPECT_THAT(addresses_.http,
              AllOf(StartsWith("127.0.0.1:"), Not(EndsWith(":0"))));
  EXPECT_THAT(addresses_.ops,
              AllOf(StartsWith("127.0.0.1:"), Not(EndsWith(":0"))));
}

TEST_F(NodeTest, WithoutAnythingItIsAliveAndNotReady) {
  ASSERT_THAT(Start(), IsOk());
  EXPECT_THAT(Get("/livez"), HasSubstr(" 200 "));
  EXPECT_THAT(Get("/readyz"), HasSubstr(" 503 "));
  EXPECT_THAT(Get("/metrics"),
              AllOf(HasSubstr("weir_ready 0"), HasSubstr("weir_workers 2")));
}

TEST_F(NodeTest, AnOpsAddressThatIsTakenIsNamed) {
  ASSERT_THAT(Start(), IsOk());
  NodeOptions second = options_;
  second.ops_listen = addresses_.ops;
  Node node(second, loop_, clock_, random_);
  EXPECT_THAT(node.Start().status(), StatusIs(absl::StatusCode::kUnavailable,
                                              HasSubstr(addresses_.ops)));
}

TEST_F(NodeTest, BootsFromItsCacheWithoutAControlPlane) {
  UseCache(Lanes(Resources()));
  ASSERT_THAT(Start(), IsOk());
  EXPECT_THAT(Get("/readyz"), HasSubstr(" 200 "));
  EXPECT_THAT(Get("/routing-weights"), HasSubstr("\"sequence\":5"));
}

TEST_F(NodeTest, ATornCacheFallsBackToThePrevious) {
  UseCache(Lanes(Resources()));
  UseCache(Lanes(Resources()));
  std::filesystem::resize_file(cache_, 20);
  ASSERT_THAT(Start(), IsOk());
  EXPECT_THAT(Get("/readyz"), HasSubstr(" 200 "));
}

TEST_F(NodeTest, ACacheOfGarbageIsNoReasonNotToStart) {
  UseCache(Lanes("\xff garbage"));
  ASSERT_THAT(Start(), IsOk());
  EXPECT_THAT(Get("/readyz"), HasSubstr(" 503 "));
}

TEST_F(NodeTest, WhatTheControlPlaneSaysMakesItReadyAndIsKept) {
  ServeOneStream([](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    stream.Config(VersionOf(7, Resources()), Resources());
    return UntilTheEnd(stream);
  });
  options_.snapshot_cache = cache_;
  ASSERT_THAT(Start(), IsOk());
  ASSERT_TRUE(BecomesReady());
  EXPECT_THAT(Get("/metrics"), HasSubstr("weir_control_plane_connected 1"));
  node_.reset();
  const auto stored = SnapshotCache(cache_).Load();
  ASSERT_EQ(stored.whole.size(), 1u);
  EXPECT_EQ(stored.whole[0].config->version, VersionOf(7, Resources()));
}

TEST_F(NodeTest, ACacheThatCantBeWrittenIsCountedAndNothingElse) {
  ServeOneStream([](ServedStream& stream) {
    stream.Next();
    stream.Config(VersionOf(7, Resources()), Resources());
    return UntilTheEnd(stream);
  });
  options_.snapshot_cache = directory_ + "/missing/snapshot";
  ASSERT_THAT(Start(), IsOk());
  ASSERT_TRUE(BecomesReady());
  EXPECT_TRUE(RunUntil([this] {
    return Get("/metrics").find("weir_snapshot_cache_write_failures_total 1") !=
           std::string::npos;
  }));
}

TEST_F(NodeTest, DrainsByTellingTheControlPlaneAndReportingOnceMore) {
  std::atomic<bool> drain_told = false;
  std::atomic<int> reports_after = 0;
  ServeOneStream([&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    stream.Config(VersionOf(7, Resources()), Resources());
    while (const auto request = stream.Next()) {
      if (request->has_draining()) drain_told = true;
      if (request->has_report() && drain_told) ++reports_after;
    }
    return grpc::Status::OK;
  });
  ASSERT_THAT(Start(), IsOk());
  ASSERT_TRUE(BecomesReady());
  bool drained = false;
  node_->StartDrain([&] { drained = true; });
  EXPECT_THAT(Get("/readyz"), HasSubstr("draining"));
  ASSERT_TRUE(RunUntil([&] { return drained; }));
  node_.reset();
  control_plane_.reset();
  EXPECT_TRUE(drain_told);
  EXPECT_GE(reports_after, 1);
}

TEST_F(NodeTest, DrainsWithoutAControlPlaneToo) {
  ASSERT_THAT(Start(), IsOk());
  bool drained = false;
  node_->StartDrain([&] { drained = true; });
  EXPECT_TRUE(RunUntil([&] { return drained; }));
}

TEST_F(NodeTest, ASpoolThatAnotherNodeHasIsTheOptionsFault) {
  options_.usage_spool = directory_ + "/usage";
  ASSERT_THAT(Start(), IsOk());
  Node second(options_, loop_, clock_, random_);
  EXPECT_THAT(second.Start(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                       HasSubstr("--usage-spool")));
}

// A configuration with a key, whose provider is not there.
std::string ResourcesWithAKey() {
  config::v1::Resources resources;
  resources.ParseFromString(Resources());
  config::v1::ClientKey& key = *resources.add_client_keys();
  key.set_name("demo");
  key.set_secret_sha256(
      absl::BytesToHexString(weir::Sha256(testing::kClientKey)));
  return resources.SerializeAsString();
}

TEST_F(NodeTest, DeliversUsageBeforeItGoes) {
  const std::string resources = ResourcesWithAKey();
  routing::v1::UsageBatch batch;
  ServeOneStream([&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    stream.Config(VersionOf(7, resources), resources);
    while (const auto request = stream.Next()) {
      if (!request->has_usage()) continue;
      batch.MergeFrom(request->usage());
      routing::v1::SubscribeResponse ack;
      ack.mutable_usage()->set_boot_id(request->usage().boot_id());
      ack.mutable_usage()->set_sequence(request->usage().sequence());
      stream.Send(ack);
    }
    return grpc::Status::OK;
  });
  options_.usage_spool = directory_ + "/usage";
  ASSERT_THAT(Start(), IsOk());
  ASSERT_TRUE(BecomesReady());
  testing::HttpClient client(addresses_.http);
  EXPECT_EQ(client.Ask(testing::ChatRequest("m")).status, 502);
  bool drained = false;
  node_->StartDrain([&] { drained = true; });
  ASSERT_TRUE(RunUntil([&] { return drained; }));
  node_.reset();
  control_plane_.reset();
  // In one batch or in two: it may have been flushed meanwhile.
  std::uint64_t failures = 0;
  for (const auto& record : batch.records()) {
    EXPECT_EQ(record.client_key(), "demo");
    EXPECT_EQ(record.model(), "m");
    EXPECT_EQ(record.provider(), "p");
    EXPECT_EQ(record.upstream_model(), "m");
    EXPECT_EQ(record.attempts(), record.failures());
    failures += record.failures();
  }
  EXPECT_EQ(failures, 3U);
  // All of it is delivered: nothing is left for the next start.
  for (const auto& left :
       std::filesystem::directory_iterator(options_.usage_spool)) {
    EXPECT_EQ(left.path().filename(), "lock");
  }
}

}  // namespace
}  // namespace weir::dataplane
