#include <string>
#include <vector>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kWhole[] =
    "providers:\n"
    "  - name: relay\n"
    "    base_url: https://relay.example/v1\n"
    "models:\n"
    "  - name: gpt-4.1\n"
    "    targets:\n"
    "      - provider: relay\n"
    "client_keys: []\n"
    "policy: {}\n"
    "webhooks: []\n"
    "prices: []\n";

class ApplyTest : public ServedTest {
 protected:
  ApplyTest() {
    admin_.apply_answer.set_revision(8);
    admin::Change& change = *admin_.apply_answer.add_changes();
    change.set_kind(admin::CHANGE_KIND_CREATED);
    change.set_resource("provider");
    change.set_name("relay");
  }

  Outcome Apply(const std::string& text, std::vector<std::string> flags = {}) {
    input_ = text;
    flags.insert(flags.begin(), {"apply", "-f", "-"});
    return Weirctl(flags);
  }
};

TEST_F(ApplyTest, SendsTheFileAndShowsWhatChanged) {
  const Outcome run = Apply(kWhole);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "+ provider relay\n1 change made (revision 8).\n");
  ASSERT_THAT(admin_.applies, SizeIs(1));
  const admin::ApplyRequest& request = admin_.applies[0];
  EXPECT_EQ(request.resources().providers(0).name(), "relay");
  EXPECT_EQ(request.resources().models(0).targets(0).provider(), "relay");
  EXPECT_FALSE(request.dry_run());
  EXPECT_EQ(request.expected_revision(), 0);
}

TEST_F(ApplyTest, ADryRunChangesNothing) {
  const Outcome run = Apply(kWhole, {"--dry-run"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("dry run"));
  ASSERT_THAT(admin_.applies, SizeIs(1));
  EXPECT_TRUE(admin_.applies[0].dry_run());
}

TEST_F(ApplyTest, JsonIsTheServersAnswer) {
  const Outcome run = Apply(kWhole, {"-o", "json"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("\"kind\": \"CHANGE_KIND_CREATED\""));
  EXPECT_THAT(run.out, HasSubstr("\"revision\": \"8\""));
}

TEST_F(ApplyTest, ABadFileIsRefusedHereWithItsLines) {
  const Outcome run = Apply(
      "providers:\n"
      "  - name: relay\n"
      "    base_url: relay.example\n"
      "models:\n"
      "  - name: gpt-4.1\n"
      "    targets:\n"
      "      - {provider: rely}\n"
      "client_keys: []\n"
      "policy: {}\n"
      "webhooks: []\n");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.err,
            "weirctl: refused:\n"
            "standard input:3: providers[0].base_url: does not begin with "
            "http:// or https://; write one like https://api.openai.com/v1\n"
            "standard input:7: models[0].targets[0].provider: there is no "
            "provider \"rely\"; did you mean \"relay\"?\n");
  EXPECT_THAT(admin_.applies, IsEmpty());
}

TEST_F(ApplyTest, AFileThatIsNoYamlIsRefusedWithItsLine) {
  const Outcome run = Apply("providers:\n  - name: [\n");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("weirctl: standard input:2: not valid YAML"));
}

TEST_F(ApplyTest, SectionsThatTheFileDoesNotHaveStayAsTheyAre) {
  admin_.resources.add_providers()->set_name("relay");
  admin_.resources.mutable_providers(0)->set_base_url("https://a.example/v1");
  admin_.resources.mutable_policy()->set_usable_score(40);
  admin_.resources.add_webhooks()->set_name("ops");
  admin_.resources.mutable_webhooks(0)->set_url("https://ops.example/in");
  admin_.resources.add_models()->set_name("old");
  const Outcome run =
      Apply("models: [{name: new, targets: [{provider: relay}]}]\n");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  ASSERT_THAT(admin_.applies, SizeIs(1));
  const config::v1::Resources& sent = admin_.applies[0].resources();
  EXPECT_EQ(sent.providers(0).name(), "relay");
  EXPECT_EQ(sent.policy().usable_score(), 40);
  EXPECT_EQ(sent.webhooks(0).name(), "ops");
  ASSERT_EQ(sent.models_size(), 1);
  EXPECT_EQ(sent.models(0).name(), "new");
  EXPECT_EQ(admin_.applies[0].expected_revision(), 7);
}

TEST_F(ApplyTest, ARegistryThatChangedMeanwhileIsLookedAtAgain) {
  admin_.stale_applies = 2;
  const Outcome run = Apply("policy: {usable_score: 40}\n");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(admin_.applies, SizeIs(3));
}

TEST_F(ApplyTest, ButNotForEver) {
  admin_.stale_applies = 100;
  const Outcome run = Apply("policy: {usable_score: 40}\n");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(admin_.applies, SizeIs(3));
}

TEST_F(ApplyTest, WarningsComeOnceWithTheirLines) {
  admin_.apply_answer.add_warnings(
      "providers[0].group: \"relays\" is not in policy.group_order, so it is "
      "always used; list it there, or remove it");
  admin_.apply_answer.add_warnings("node b can't resolve env KEY");
  const Outcome run = Apply(
      "providers: [{name: relay,\n"
      "  group: relays, base_url: 'https://a.example/v1'}]\n"
      "models: [{name: m, targets: [{provider: relay}]}]\n"
      "client_keys: []\n"
      "policy:\n");
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.err,
            "warning: standard input:2: providers[0].group: \"relays\" is not "
            "in policy.group_order, so it is always used; list it there, or "
            "remove it\n"
            "warning: node b can't resolve env KEY\n");
}

}  // namespace
}  // namespace weir::cli
