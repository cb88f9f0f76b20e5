// The completion scripts, where the shells are there to judge them.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;

class CompletionTest : public WeirctlTest,
                       public ::testing::WithParamInterface<std::string> {};

TEST_P(CompletionTest, IsAScriptThatTheShellParses) {
  const Outcome run = Weirctl({"completion", GetParam()});
  ASSERT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("weirctl __complete"));

  if (std::system(("command -v " + GetParam() + " > /dev/null").c_str()) != 0) {
    GTEST_SKIP() << GetParam() << " is not installed";
  }
  const std::string path = ::testing::TempDir() + "weirctl-completion-" +
                           GetParam() + std::to_string(getpid());
  std::ofstream(path) << run.out;
  EXPECT_EQ(std::system((GetParam() + " -n " + path).c_str()), 0);
  unlink(path.c_str());
}

INSTANTIATE_TEST_SUITE_P(Shells, CompletionTest,
                         ::testing::Values("bash", "zsh", "fish"));

TEST_F(WeirctlTest, BashCompletesByCallingWeirctl) {
  const std::string path =
      ::testing::TempDir() + "weirctl-bash-" + std::to_string(getpid());
  std::ofstream(path) << Weirctl({"completion", "bash"}).out << R"(
weirctl() { local IFS=' '; printf '%s\n' "asked:$*" two; }
COMP_WORDS=(weirctl provider get re) COMP_CWORD=3
_weirctl
[ "${COMPREPLY[0]}" = 'asked:__complete provider get re' ] || exit 1
[ "${COMPREPLY[1]}" = two ] || exit 2
)";
  EXPECT_EQ(std::system(("bash " + path).c_str()), 0);
  unlink(path.c_str());
}

}  // namespace
}  // namespace weir::cli
