#include <cstdint>
#include <string>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StatusTest : public ServedTest {
 protected:
  StatusTest() {
    for (int revision = 1; revision <= 2; ++revision) {
      admin::Status& status = admin_.statuses.emplace_back();
      status.set_revision(static_cast<std::uint64_t>(revision));
      admin::ModelStatus& model = *status.add_models();
      model.set_model("gpt-4.1");
      model.set_usable(true);
      admin::TargetStatus& target = *model.add_targets();
      target.set_provider("relay");
      target.set_upstream_model("gpt-4.1");
      target.set_state(routing::v1::TARGET_STATE_HEALTHY);
      target.set_last_error("an error that is longer than the terminal");
      target.mutable_last_failure()->set_seconds(1'700'000'000 - 90);
    }
  }
};

TEST_F(StatusTest, IsATable) {
  const Outcome run = Weirctl({"status"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("MODEL    PROVIDER  UPSTREAM  STATE"));
  EXPECT_THAT(run.out, HasSubstr("terminal (90s ago)\n"));
}

TEST_F(StatusTest, JsonHasEveryField) {
  const Outcome run = Weirctl({"status", "-o", "json"});
  EXPECT_THAT(run.out, HasSubstr("\"state\": \"TARGET_STATE_HEALTHY\""));
  EXPECT_THAT(run.out, HasSubstr("\"consecutive_failures\": 0"));
  EXPECT_THAT(run.out, HasSubstr("\"panic\": false"));
  EXPECT_THAT(run.out, Not(HasSubstr("\"score\"")));  // Unknown is not 0.
}

TEST_F(StatusTest, YamlIsTheSame) {
  const Outcome run = Weirctl({"status", "-o", "yaml"});
  EXPECT_THAT(run.out, HasSubstr("          state: healthy\n"));
  EXPECT_THAT(run.out, HasSubstr("      panic: false\n"));
}

TEST_F(StatusTest, ColorsAreForTerminals) {
  EXPECT_THAT(Weirctl({"status"}).out, Not(HasSubstr("\x1b[")));
  device_ = Device::kTerminal;
  EXPECT_THAT(Weirctl({"status"}).out, HasSubstr("\x1b[32mhealthy\x1b[0m"));
  EXPECT_THAT(Weirctl({"status", "--no-color"}).out, Not(HasSubstr("\x1b[")));
}

TEST_F(StatusTest, LatencyIsATableOfItsOwn) {
  const Outcome run = Weirctl({"status", "--latency"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("BY REGION"));
  EXPECT_THAT(run.out, Not(HasSubstr("LAST ERROR")));
  EXPECT_EQ(Weirctl({"status", "--latency", "--watch"}).exit_code, 2);
}

TEST_F(StatusTest, AWatchedPipeGetsOneTableAfterTheOther) {
  const Outcome run = Weirctl({"status", "--watch"});
  EXPECT_THAT(run.out, HasSubstr("revision 1\n\nMODEL"));
  EXPECT_TRUE(run.out.ends_with("revision 2\n\n"));
  EXPECT_THAT(run.out, Not(HasSubstr("\x1b[")));
}

TEST_F(StatusTest, AWatchedTerminalIsDrawnInPlaceAndNotTooWide) {
  device_ = Device::kTerminal;
  const Outcome run = Weirctl({"status", "--watch", "--no-color"});
  EXPECT_TRUE(run.out.starts_with("\x1b[2J\x1b[HMODEL"));
  EXPECT_THAT(run.out, HasSubstr("revision 1\x1b[K\n\x1b[J\x1b[HMODEL"));
  EXPECT_THAT(run.out, Not(HasSubstr("90s ago")));
}

TEST_F(StatusTest, AWatchInJsonIsALineEach) {
  const Outcome run = Weirctl({"status", "--watch", "-o", "json"});
  const auto first_end = run.out.find('\n');
  ASSERT_NE(first_end, std::string::npos);
  EXPECT_TRUE(run.out.starts_with("{\"status\":{"));
  EXPECT_TRUE(run.out.substr(first_end + 1).starts_with("{\"status\":{"));
  EXPECT_EQ(run.out.find('\n', first_end + 1), run.out.size() - 1);
}

TEST_F(StatusTest, AWatchInYamlIsADocumentEach) {
  const Outcome run = Weirctl({"status", "--watch", "-o", "yaml"});
  EXPECT_TRUE(run.out.starts_with("---\nstatus:\n"));
  EXPECT_THAT(run.out.substr(4), HasSubstr("\n---\nstatus:\n"));
}

}  // namespace
}  // namespace weir::cli
