#include <string>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::ElementsAre;
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
  EXPECT_EQ(Weirctl({"key", "list"}).out,
            "NAME  SECRET         MODELS   PROVIDERS  CREATED\n"
            "demo  sk-weir-ab...  gpt-4.1  -          2023-11-14 22:13 UTC\n"
            "all   -              *        -          -\n");
}

TEST_F(KeyTest, RevokeSaysWhatIsGone) {
  EXPECT_EQ(Weirctl({"key", "revoke", "demo"}).out,
            "client key demo is revoked (revision 8).\n");
  EXPECT_THAT(admin_.changes, ElementsAre("revoke demo"));
}

}  // namespace
}  // namespace weir::cli
