// Promise: the official SDKs see one and the same model, whatever provider is
// behind it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <iterator>
#include <string>

#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/node_package.h"
#include "tests/end_to_end/harness/server.h"
#include "tests/end_to_end/sdk_matrix_places.h"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

// One simulated provider of each dialect.
class Providers {
 public:
  Providers() : folder_(fs::path(WEIR_SDK_MATRIX_BUILD) / "providers") {
    fs::create_directories(folder_);
  }

  absl::Status Start() {
    for (const char* dialect : kDialects) {
      servers_.emplace_back(ServerSpec{.name = dialect,
                                       .binary = "weir-simprovider",
                                       .flags = {"--name", "p1", "--dialect",
                                                 dialect, "--api-key", kKey},
                                       .listens = {{"--listen", "on"}}},
                            folder_);
      const absl::Status started = servers_.back().Start();
      if (!started.ok()) return started;
    }
    return absl::OkStatus();
  }

  // As matrix.mjs wants them.
  boost::json::object ToJson() const {
    boost::json::object providers;
    for (const Server& server : servers_) {
      providers[server.name()] = Place(server.address("on"), kKey);
    }
    return providers;
  }

 private:
  const fs::path folder_;
  std::deque<Server> servers_;
};

TEST(SdkMatrixTest, EachSdkFindsItsDialectAtTheSimulatedProviders) {
  const absl::StatusOr<NodePackage> package =
      NodePackage::Install(WEIR_SDK_MATRIX_SOURCE, WEIR_SDK_MATRIX_BUILD);
  ASSERT_TRUE(package.ok()) << package.status();
  Providers providers;
  const absl::Status started = providers.Start();
  ASSERT_TRUE(started.ok()) << started;
  const boost::json::value where = {{"providers", providers.ToJson()}};
  const absl::StatusOr<Finished> run = package->RunTests(
      "matrix.mjs", {{"WEIR_SDK_MATRIX", boost::json::serialize(where)}},
      absl::Minutes(6));
  ASSERT_TRUE(run.ok()) << run.status();
  std::printf("%s\n", run->output.c_str());
  EXPECT_EQ(run->exit_code, 0);
}

TEST(SdkMatrixTest, EachSdkSeesThroughANodeWhatItSeesDirectly) {
  const absl::StatusOr<NodePackage> package =
      NodePackage::Install(WEIR_SDK_MATRIX_SOURCE, WEIR_SDK_MATRIX_BUILD);
  ASSERT_TRUE(package.ok()) << package.status();
  // Probes by TCP: what the cases do to a provider must not put it aside.
  Fleet fleet({.providers = 3,
               .health_check = "{kind: tcp, interval: 1s}",
               .credentials = {kKey},
               .dialects = {std::begin(kDialects), std::end(kDialects)},
               .more_models = ModelsAtDialects({"p1", "p2", "p3"}),
               .provider_flags = {"--api-key", kKey}});
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started;
  boost::json::object providers;
  for (int i = 0; i < 3; ++i) {
    providers[kDialects[i]] = Place(fleet.provider(i).address("on"), kKey);
  }
  const boost::json::value where = {{"providers", providers},
                                    {"node", Place(fleet.Api(), fleet.key())}};
  const absl::StatusOr<Finished> run = package->RunTests(
      "matrix.mjs", {{"WEIR_SDK_MATRIX", boost::json::serialize(where)}},
      absl::Minutes(5));
  ASSERT_TRUE(run.ok()) << run.status();
  std::printf("%s\n", run->output.c_str());
  EXPECT_EQ(run->exit_code, 0) << fleet.Logs();
}

}  // namespace
}  // namespace weir::testing
