// Promise: that the SDKs see through a node what they see directly holds for
// providers that others have simulated, too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/node_package.h"
#include "tests/end_to_end/harness/server.h"
#include "tests/end_to_end/sdk_matrix_places.h"

namespace weir::testing {
namespace {

// One server, which speaks all dialects.
std::string ProvidersAt(const std::string& address,
                        const std::string& key_file) {
  std::string providers;
  for (const std::string dialect : kDialects) {
    const char* const version = dialect == "gemini" ? "/v1beta" : "/v1";
    absl::StrAppend(&providers, "  - {name: aimock-", dialect,
                    ", dialect: ", dialect, ", base_url: \"http://", address,
                    version, "\", credentials: [{file: ", key_file,
                    "}], health_check: {kind: tcp, interval: 1s}}\n");
  }
  return providers;
}

TEST(SdkAimockTest, EachSdkSeesThroughANodeWhatItSeesDirectly) {
  const absl::StatusOr<NodePackage> package =
      NodePackage::Install(WEIR_SDK_MATRIX_SOURCE, WEIR_SDK_MATRIX_BUILD);
  ASSERT_TRUE(package.ok()) << package.status();
  const std::filesystem::path folder =
      std::filesystem::path(WEIR_SDK_MATRIX_BUILD) / "aimock";
  std::filesystem::create_directories(folder);
  Server aimock(
      {.name = "aimock",
       .binary = "/usr/bin/env",
       .flags = {package->Program(), package->folder() / "aimock_upstream.mjs",
                 "--key", kKey},
       .listens = {{"--listen", "on"}}},
      folder);
  const absl::Status listens = aimock.Start();
  ASSERT_TRUE(listens.ok()) << listens;
  const std::string& address = aimock.address("on");
  const std::filesystem::path key_file = folder / "key";
  std::ofstream(key_file) << kKey;

  Fleet fleet({.providers = 1,
               .more_providers = ProvidersAt(address, key_file),
               .more_models = ModelsAtDialects(
                   {"aimock-openai", "aimock-anthropic", "aimock-gemini"})});
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started;
  boost::json::object providers;
  for (const char* dialect : kDialects) {
    providers[dialect] = Place(address, kKey);
  }
  const boost::json::value where = {{"providers", providers},
                                    {"node", Place(fleet.Api(), fleet.key())},
                                    {"lacks", "./aimock_lacks.mjs"}};
  const absl::StatusOr<Finished> run = package->RunTests(
      "matrix.mjs", {{"WEIR_SDK_MATRIX", boost::json::serialize(where)}},
      absl::Minutes(5));
  ASSERT_TRUE(run.ok()) << run.status();
  std::printf("%s\n", run->output.c_str());
  EXPECT_EQ(run->exit_code, 0) << fleet.Logs() << aimock.LastLines();
}

}  // namespace
}  // namespace weir::testing
