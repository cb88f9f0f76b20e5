#include <string>

#include "gmock/gmock.h"
#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kResources[] = R"(providers:
- {name: near, base_url: "http://near.test/v1"}
- {name: far, base_url: "http://far.test/v1", limits: {max_rpm: 60}}
models:
- name: chat
  targets:
  - {provider: near, price: {input: 2, output: 8}}
  - {provider: far, price: {input: 1, output: 4}}
)";

class SimulateTest : public ServedTest {
 protected:
  // Without a server: a simulation of a file needs none.
  Outcome Alone(std::vector<std::string> words) {
    input_ = kResources;
    words.insert(words.begin(), {"simulate", "-f", "-"});
    return WeirctlTest::Weirctl(std::move(words));
  }
};

TEST_F(SimulateTest, SaysWhereTrafficWouldGo) {
  const Outcome outcome = Alone({"--down", "near", "--rps", "2"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(
      outcome.out,
      AllOf(HasSubstr("chat   simple  *       chat       near      chat      "
                      "unhealthy    0.0 %   0.00   200 ms      $0.00\n"),
            HasSubstr("chat, simple: 2.00 requests/s, expected latency 200 ms, "
                      "$11404.80 a month\n"),
            HasSubstr("far       max_rpm  120.0     60.0  breaks"),
            HasSubstr("note: every target works and takes 200ms")));
}

TEST_F(SimulateTest, PrintsForProgramsToo) {
  const Outcome outcome = Alone({"-o", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("\"share\": 0.5"),
                                 HasSubstr("\"limit\": \"max_rpm\"")));
}

TEST_F(SimulateTest, AnUnknownProviderIsNamedWithThoseThereAre) {
  const Outcome outcome = Alone({"--down", "afar"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.err,
            "weirctl: --down: there is no provider \"afar\"; there are far, "
            "near\n");
}

TEST_F(SimulateTest, ABadFileIsRefusedWithTheLine) {
  input_ = "models:\n- {name: m, targets: [{provider: nobody}]}\n";
  const Outcome outcome = WeirctlTest::Weirctl({"simulate", "-f", "-"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("standard input:2: "));
}

TEST_F(SimulateTest, ABadMixIsRefusedWithTheField) {
  Serve();
  admin_.resources.add_providers()->set_name("p");
  admin_.resources.add_models()->set_name("chat");
  admin_.resources.mutable_models(0)->add_targets()->set_provider("p");
  input_ = "requests: [{model: chit}]\n";
  const Outcome outcome = Weirctl({"simulate", "--mix", "-"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("requests[0].model: there is no model"));
}

TEST_F(SimulateTest, WithoutAFileItIsAboutWhatIsRegisteredAndSeen) {
  for (const char* name : {"a", "b"}) {
    admin_.resources.add_providers()->set_name(name);
  }
  config::v1::Model& model = *admin_.resources.add_models();
  model.set_name("chat");
  model.add_targets()->set_provider("a");
  model.add_targets()->set_provider("b");
  admin::TargetStatus& seen =
      *admin_.statuses.emplace_back().add_models()->add_targets();
  seen.set_provider("a");
  seen.set_upstream_model("chat");
  seen.set_state(routing::v1::TARGET_STATE_UNHEALTHY);
  const Outcome outcome = Weirctl({"simulate", "-o", "json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"share\": 1,"));
}

TEST_F(SimulateTest, RecordedDecisionsAreMadeAgain) {
  routing::v1::Decision& decision = *admin_.decisions_answer.add_decisions();
  decision.set_request_id("req_1");
  decision.set_model("chat");
  decision.add_attempts()->set_provider("near");
  decision.mutable_attempts(0)->set_upstream_model("chat");
  Serve();
  input_ = kResources;
  const Outcome outcome = Weirctl({"simulate", "-f", "-", "--against-recent",
                                   "--down", "near", "-n", "50"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("Of 1 recorded decisions 1 would go elsewhere"),
                    HasSubstr("req_1    chat   near/chat  far/chat"),
                    Not(HasSubstr("--live"))));
  ASSERT_EQ(admin_.decision_requests.size(), 1u);
  EXPECT_EQ(admin_.decision_requests[0].limit(), 50u);
}

}  // namespace
}  // namespace weir::cli
