// Wrong command lines, and what weirctl says of itself.
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct UsageCase {
  std::string name;
  std::vector<std::string> words;
  // What the message names.
  std::string want;
};

class UsageTest : public WeirctlTest,
                  public ::testing::WithParamInterface<UsageCase> {};

TEST_P(UsageTest, AWrongCommandLineNamesItselfAndExitsTwo) {
  ::testing::internal::CaptureStderr();
  const Outcome run = Weirctl(GetParam().words);
  const std::string err = ::testing::internal::GetCapturedStderr() + run.err;
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(err, AllOf(HasSubstr("weirctl: "), HasSubstr(GetParam().want)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, UsageTest,
    ::testing::ValuesIn<UsageCase>({
        {"NoVerb", {}, "weirctl takes one of status, apply"},
        {"UnknownVerb", {"frobnicate"}, "frobnicate"},
        {"NoVerbOfANoun",
         {"key"},
         "weirctl key takes one of create, list, rotate, revoke"},
        {"UnknownVerbOfANoun", {"provider", "frobnicate"}, "frobnicate"},
        {"UnknownFlag", {"export", "--frobnicate"}, "--frobnicate"},
        {"UnknownFormat", {"export", "-o", "xml"}, "--output"},
        {"BadAddress", {"export", "--server", "nowhere"}, "--server"},
        {"BadDuration", {"export", "--timeout", "soon"}, "--timeout"},
        {"MissingName", {"provider", "get"}, "NAME"},
        {"TwoNames", {"provider", "get", "a", "b"}, "b"},
        {"MissingFile", {"apply"}, "--file"},
        {"NoSuchFile", {"apply", "-f", "/nowhere/a.yaml"}, "/nowhere/a.yaml"},
        {"ADirectory", {"provider", "set", "-f", "/"}, "cannot read /"},
        {"UnknownShell", {"completion", "tcsh"}, "tcsh"},
    }),
    [](const auto& test) { return test.param.name; });

TEST_F(WeirctlTest, AWrongEnvironmentIsNamedToo) {
  setenv("WEIR_OUTPUT", "xml", 1);
  ::testing::internal::CaptureStderr();
  const Outcome run = Weirctl({"version"});
  unsetenv("WEIR_OUTPUT");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("xml"));
}

TEST_F(WeirctlTest, HelpNamesVerbsFlagsAndExitCodes) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Weirctl({"--help"}).exit_code, 0);
  const std::string help = ::testing::internal::GetCapturedStdout();
  for (const char* part : {"status", "apply", "key", "--server", "WEIR_SERVER",
                           "127.0.0.1:7400", "Exit codes:"}) {
    EXPECT_THAT(help, HasSubstr(part));
  }
}

TEST_F(WeirctlTest, EachVerbHasHelp) {
  for (const char* verb :
       {"status", "apply", "export", "provider", "model", "key", "weights",
        "nodes", "explain", "completion"}) {
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(Weirctl({verb, "--help"}).exit_code, 0);
    EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr(verb));
  }
}

TEST_F(WeirctlTest, VersionIsAVerbAndAFlag) {
  EXPECT_EQ(Weirctl({"version"}).out, "weirctl " WEIR_VERSION "\n");
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Weirctl({"--version"}).exit_code, 0);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(),
            "weirctl " WEIR_VERSION "\n");
}

}  // namespace
}  // namespace weir::cli
