// Promise: an application keeps its OpenAI SDK and changes one base URL.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/node_package.h"
#include "tests/end_to_end/harness/process.h"

namespace weir::testing {
namespace {

TEST(OpenAiSdkTest, DoesThroughANodeWhatItDoesAtAProvider) {
  const absl::StatusOr<NodePackage> package =
      NodePackage::Install(WEIR_OPENAI_SDK_SOURCE, WEIR_OPENAI_SDK_BUILD);
  ASSERT_TRUE(package.ok()) << package.status();
  Fleet fleet;
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started;
  const absl::StatusOr<boost::json::value> narrow =
      fleet.CtlJson({"key", "create", "narrow", "--models", "only-p1"});
  ASSERT_TRUE(narrow.ok()) << narrow.status();
  const std::string narrow_key = At(*narrow, "/secret");
  ASSERT_TRUE(Eventually([&] {
    const auto answer = PostJson(fleet.Api(), "/v1/chat/completions",
                                 narrow_key, ChatBody("only-p1"));
    return answer.ok() && answer->status == 200;
  }));

  const absl::StatusOr<Finished> run = package->RunTests(
      "openai_sdk.mjs",
      {{"WEIR_BASE_URL", absl::StrCat("http://", fleet.Api(), "/v1")},
       {"WEIR_KEY", fleet.key()},
       {"WEIR_NARROW_KEY", narrow_key}},
      absl::Minutes(2));
  ASSERT_TRUE(run.ok()) << run.status();
  std::printf("%s\n", run->output.c_str());
  EXPECT_EQ(run->exit_code, 0) << fleet.Logs();
}

}  // namespace
}  // namespace weir::testing
