#include <cstdint>
#include <string>
#include <utility>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class KeyTest : public ServedTest {
 protected:
  KeyTest() { admin_.key_answer.set_secret("sk-weir-1234"); }
};

TEST_F(KeyTest, TheSecretStandsAloneOnStdout) {
  const Outcome run = Weirctl({"key", "create", "demo"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.out, "sk-weir-1234\n");
  EXPECT_THAT(run.err, HasSubstr("client key demo is made"));
  EXPECT_THAT(run.err, Not(HasSubstr("sk-weir")));
}

TEST_F(KeyTest, RightsAreLists) {
  Weirctl({"key", "create", "demo", "--models", "a,b", "--providers", "p"});
  ASSERT_EQ(admin_.key_requests.size(), 1);
  EXPECT_EQ(admin_.key_requests[0].name(), "demo");
  EXPECT_THAT(admin_.key_requests[0].models(), ElementsAre("a", "b"));
  EXPECT_THAT(admin_.key_requests[0].providers(), ElementsAre("p"));
}

TEST_F(KeyTest, AListDoesNotSwallowTheName) {
  Weirctl({"key", "create", "--models", "a", "demo"});
  ASSERT_EQ(admin_.key_requests.size(), 1);
  EXPECT_EQ(admin_.key_requests[0].name(), "demo");
  EXPECT_THAT(admin_.key_requests[0].models(), ElementsAre("a"));
  EXPECT_THAT(admin_.key_requests[0].providers(), IsEmpty());
}

TEST_F(KeyTest, LimitsAndBudgets) {
  Weirctl({"key", "create", "demo", "--rpm", "600", "--concurrent", "5",
           "--budget", "20/day", "--budget", "500/month/hard/small"});
  ASSERT_EQ(admin_.key_requests.size(), 1);
  const admin::CreateClientKeyRequest& request = admin_.key_requests[0];
  EXPECT_EQ(request.limits().rpm(), 600);
  EXPECT_FALSE(request.limits().has_tpm());
  EXPECT_EQ(request.limits().concurrent(), 5);
  ASSERT_EQ(request.budgets_size(), 2);
  EXPECT_EQ(request.budgets(0).period(), config::v1::BUDGET_PERIOD_DAY);
  EXPECT_EQ(request.budgets(1).usd(), 500);
  EXPECT_EQ(request.budgets(1).kind(), config::v1::BUDGET_KIND_HARD);
  EXPECT_EQ(request.budgets(1).fallback(), "small");
}

TEST_F(KeyTest, AWrongBudgetIsNamed) {
  const Outcome run = Weirctl({"key", "create", "demo", "--budget", "20/week"});
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("--budget: has no period"));
  EXPECT_THAT(admin_.key_requests, IsEmpty());
}

TEST_F(KeyTest, JsonHasTheSecretToo) {
  EXPECT_THAT(Weirctl({"key", "create", "demo", "-o", "json"}).out,
              HasSubstr("\"secret\": \"sk-weir-1234\""));
}

TEST_F(KeyTest, TheListHasNoSecrets) {
  config::v1::ClientKey& key = *admin_.resources.add_client_keys();
  key.set_name("demo");
  key.set_secret_sha256(std::string(64, 'a'));
  key.set_hint("sk-weir-ab");
  key.add_models("gpt-4.1");
  key.mutable_created_at()->set_seconds(1'700'000'000);
  admin_.resources.add_client_keys()->set_name("all");
  key.set_team("search");
  key.set_owner("ann");
  key.mutable_limits()->set_rpm(600);
  key.mutable_expires_at()->set_seconds(1'800'000'000);
  config::v1::RetiringSecret& old = *key.add_retiring();
  old.mutable_expires_at()->set_seconds(1'799'999'999);
  EXPECT_EQ(
      Weirctl({"key", "list"}).out,
      "NAME  SECRET         MODELS   PROVIDERS  TEAM    OWNER  LIMITS   "
      "BUDGETS  CREATED               EXPIRES\n"
      "demo  sk-weir-ab...  gpt-4.1  -          search  ann    600 rpm  -     "
      "   2023-11-14 22:13 UTC  2027-01-15 08:00 UTC, 1 old secret\n"
      "all   -              *        -          -       -      -        -     "
      "   -                     -\n");
}

TEST_F(KeyTest, DetailsAreOfTheRequest) {
  const Outcome run = Weirctl(
      {"key", "create", "demo", "--expires", "90d", "--owner", "ann", "--team",
       "search", "--tag", "env=prod", "--tag", "a=b=c", "--regions", "sg"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  ASSERT_EQ(admin_.key_requests.size(), 1);
  const admin::CreateClientKeyRequest& request = admin_.key_requests[0];
  EXPECT_EQ(request.expires_at().seconds(), 1'700'000'000 + 90 * 86'400);
  EXPECT_EQ(request.owner(), "ann");
  EXPECT_EQ(request.team(), "search");
  EXPECT_EQ(request.tags().at("env"), "prod");
  EXPECT_EQ(request.tags().at("a"), "b=c");
  EXPECT_THAT(request.regions(), ElementsAre("sg"));
}

TEST_F(KeyTest, WrongDetailsAreNamed) {
  for (const auto& [flag, value] :
       {std::pair("--tag", "env"), std::pair("--expires", "soon")}) {
    const Outcome run = Weirctl({"key", "create", "demo", flag, value});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr(flag));
  }
  EXPECT_EQ(Weirctl({"key", "rotate", "demo", "--grace", "x"}).exit_code, 2);
  EXPECT_THAT(admin_.key_requests, IsEmpty());
}

TEST_F(KeyTest, RotatePrintsTheNewSecret) {
  admin_.rotation_answer.set_secret("sk-weir-5678");
  const Outcome run = Weirctl({"key", "rotate", "demo", "--grace", "24h"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "sk-weir-5678\n");
  EXPECT_THAT(run.err, HasSubstr("the old one works for 24h"));
  ASSERT_EQ(admin_.rotations.size(), 1);
  EXPECT_EQ(admin_.rotations[0].grace().seconds(), 86'400);
}

TEST_F(KeyTest, RevokeWaitsForEveryNode) {
  admin_.rollout.set_registry_revision(8);
  admin_.nodes_answer.set_revision(8);
  admin_.nodes_answer.mutable_config()->set_sequence(5);
  admin_.nodes_answer.mutable_candidate()->set_sequence(6);
  // Both have the keys as they are now.
  for (const std::uint64_t sequence : {5, 6, 4}) {
    admin::NodeStatus& node = *admin_.nodes_answer.add_nodes();
    node.set_connected(sequence > 4);
    node.mutable_config()->set_sequence(sequence);
  }
  const Outcome run = Weirctl({"key", "revoke", "demo", "--wait"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, EndsWith("2 of 2 nodes confirmed.\n"));
}

TEST_F(KeyTest, RevokeSaysWhatIsGone) {
  EXPECT_EQ(Weirctl({"key", "revoke", "demo"}).out,
            "client key demo is revoked (revision 8).\n");
  EXPECT_THAT(admin_.changes, ElementsAre("revoke demo"));
}

}  // namespace
}  // namespace weir::cli
