// `provider` and `model`.
#include <string>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ResourcesTest : public ServedTest {
 protected:
  ResourcesTest() {
    config::v1::Provider& relay = *admin_.resources.add_providers();
    relay.set_name("relay");
    relay.set_base_url("https://relay.example/v1");
    relay.add_credentials()->set_env("RELAY_KEY");
    relay.add_credentials()->set_file("/run/key");
    relay.set_region("sg");
    relay.set_priority(100);
    config::v1::Provider& direct = *admin_.resources.add_providers();
    direct.set_name("direct");
    direct.set_base_url("https://direct.example/v1");
    direct.set_mode(config::v1::MODE_DRAINING);
    config::v1::Model& model = *admin_.resources.add_models();
    model.set_name("gpt-4.1");
    model.add_aliases("gpt-4");
    model.add_targets()->set_provider("relay");
    model.mutable_targets(0)->set_weight(3);
    model.add_targets()->set_provider("direct");
    model.mutable_targets(1)->set_mode(config::v1::MODE_DISABLED);
    model.add_fallback("mini");
  }
};

TEST_F(ResourcesTest, ProvidersAreListed) {
  EXPECT_EQ(
      Weirctl({"provider", "list"}).out,
      "NAME    MODE      DIALECT  BASE URL                   REGION  PRIORITY  "
      "CREDENTIALS\n"
      "relay   enabled   openai   https://relay.example/v1   sg           100  "
      "env RELAY_KEY, file /run/key\n"
      "direct  draining  openai   https://direct.example/v1  -              0  "
      "-\n");
}

TEST_F(ResourcesTest, ModelsAreListed) {
  EXPECT_EQ(
      Weirctl({"model", "list"}).out,
      "NAME     MODE     ALIASES  STRATEGY  TARGETS                            "
      "  "
      "        FALLBACK\n"
      "gpt-4.1  enabled  gpt-4    weighted  relay/gpt-4.1 x3, direct/gpt-4.1 "
      "(disabled)  mini\n");
}

TEST_F(ResourcesTest, ListsAreTheAnswerInJsonAndYaml) {
  EXPECT_THAT(Weirctl({"provider", "list", "-o", "json"}).out,
              HasSubstr("\"base_url\": \"https://relay.example/v1\""));
  EXPECT_THAT(Weirctl({"provider", "list", "-o", "yaml"}).out,
              HasSubstr("providers:\n  - name: relay\n    dialect: "
                        "unspecified\n    base_url: "));
  EXPECT_THAT(Weirctl({"model", "list", "-o", "json"}).out,
              HasSubstr("\"name\": \"gpt-4.1\""));
}

TEST_F(ResourcesTest, WhatGetPrintsSetTakes) {
  input_ = Weirctl({"provider", "get", "direct"}).out;
  EXPECT_EQ(input_,
            "name: direct\n"
            "base_url: https://direct.example/v1\n"
            "mode: draining\n");
  EXPECT_EQ(Weirctl({"provider", "set", "-f", "-"}).out,
            "provider direct is set (revision 8).\n");
  input_ = Weirctl({"provider", "get", "direct", "-o", "json"}).out;
  Weirctl({"provider", "set", "-f", "-"});
  const std::string direct =
      "set " + admin_.resources.providers(1).ShortDebugString();
  EXPECT_THAT(admin_.changes, ElementsAre(direct, direct));
}

TEST_F(ResourcesTest, AModelIsGotAndSetToo) {
  input_ = Weirctl({"model", "get", "gpt-4.1"}).out;
  EXPECT_EQ(Weirctl({"model", "set", "-f", "-"}).out,
            "model gpt-4.1 is set (revision 8).\n");
  EXPECT_THAT(
      admin_.changes,
      ElementsAre("set " + admin_.resources.models(0).ShortDebugString()));
}

TEST_F(ResourcesTest, AFileWithProblemsIsNotSent) {
  input_ = "nam: direct\n";
  for (const char* noun : {"provider", "model"}) {
    const Outcome run = Weirctl({noun, "set", "-f", "-"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.err,
              "weirctl: standard input:1: nam: is not a field that weir knows; "
              "did you mean \"name\"?\n");
  }
  EXPECT_THAT(admin_.changes, IsEmpty());
}

TEST_F(ResourcesTest, ProvidersAreSwitched) {
  EXPECT_EQ(Weirctl({"provider", "enable", "relay"}).out,
            "provider relay is enabled (revision 8).\n");
  EXPECT_THAT(Weirctl({"provider", "drain", "relay"}).out,
              HasSubstr("running ones finish"));
  EXPECT_THAT(Weirctl({"provider", "disable", "relay"}).out,
              HasSubstr("no probe"));
  ASSERT_EQ(admin_.provider_modes.size(), 3);
  EXPECT_EQ(admin_.provider_modes[0].mode(), config::v1::MODE_ENABLED);
  EXPECT_EQ(admin_.provider_modes[1].mode(), config::v1::MODE_DRAINING);
  EXPECT_EQ(admin_.provider_modes[2].mode(), config::v1::MODE_DISABLED);
}

TEST_F(ResourcesTest, AModelIsSwitchedWholeOrAtOneProvider) {
  Weirctl({"model", "drain", "gpt-4.1"});
  EXPECT_EQ(Weirctl({"model", "enable", "gpt-4.1", "--provider", "relay"}).out,
            "model gpt-4.1 at relay is enabled (revision 8).\n");
  ASSERT_EQ(admin_.model_modes.size(), 2);
  EXPECT_EQ(admin_.model_modes[0].provider(), "");
  EXPECT_EQ(admin_.model_modes[0].mode(), config::v1::MODE_DRAINING);
  EXPECT_EQ(admin_.model_modes[1].provider(), "relay");
}

TEST_F(ResourcesTest, RemoveSaysWhatIsGone) {
  EXPECT_EQ(Weirctl({"provider", "remove", "relay"}).out,
            "provider relay is removed (revision 8).\n");
  EXPECT_EQ(Weirctl({"model", "remove", "gpt-4.1"}).out,
            "model gpt-4.1 is removed (revision 8).\n");
  EXPECT_THAT(admin_.changes, ElementsAre("remove relay", "remove gpt-4.1"));
}

TEST_F(ResourcesTest, AChangeInJsonIsTheAnswer) {
  EXPECT_EQ(Weirctl({"model", "remove", "m", "-o", "json"}).out,
            "{\n \"revision\": \"8\"\n}\n");
  EXPECT_EQ(Weirctl({"model", "remove", "m", "-o", "yaml"}).out,
            "revision: 8\n");
}

}  // namespace
}  // namespace weir::cli
