#include "common/config/yaml_writer.h"

#include <limits>
#include <string>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/yaml.h"
#include "gtest/gtest.h"

namespace weir::config {
namespace {

TEST(ToYamlTest, IsBlockStyleInTheOrderOfTheSchema) {
  v1::Resources resources;
  v1::Model& model = *resources.add_models();
  v1::Target& target = *model.add_targets();
  *target.mutable_max_latency() = FromDuration(absl::Milliseconds(2500));
  target.set_weight(0.5);
  target.set_provider("relay");
  target.mutable_price()->set_input(2.4);
  model.add_targets()->set_provider("direct");
  model.set_strategy(v1::STRATEGY_LEAST_LATENCY);
  model.add_aliases("gpt-4");
  model.add_aliases("4");
  model.set_name("gpt-4.1");
  v1::Provider& provider = *resources.add_providers();
  provider.set_base_url("https://relay.example:8443/v1");
  provider.add_credentials()->set_env("KEY");
  provider.add_credentials()->set_file("/run/key");
  provider.mutable_limits();
  EXPECT_EQ(ToYaml(resources),
            "providers:\n"
            "  - base_url: https://relay.example:8443/v1\n"
            "    credentials:\n"
            "      - env: KEY\n"
            "      - file: /run/key\n"
            "    limits: {}\n"
            "models:\n"
            "  - name: gpt-4.1\n"
            "    aliases: [gpt-4, \"4\"]\n"
            "    strategy: least_latency\n"
            "    targets:\n"
            "      - provider: relay\n"
            "        weight: 0.5\n"
            "        max_latency: 2.5s\n"
            "        price:\n"
            "          input: 2.4\n"
            "      - provider: direct\n");
}

TEST(ToYamlTest, NothingIsAnEmptyMapping) {
  EXPECT_EQ(ToYaml(v1::Resources()), "{}\n");
}

TEST(ToYamlTest, AnEmptyItemStaysAnItem) {
  v1::Resources resources;
  resources.add_models();
  EXPECT_EQ(ToYaml(resources), "models:\n  - {}\n");
}

TEST(ToYamlTest, ZeroIsWrittenWhereItIsSaid) {
  v1::Target target;
  target.set_weight(0);
  EXPECT_EQ(ToYaml(target), "weight: 0\n");
}

TEST(ToYamlTest, AListThatDoesNotFitGetsALineEach) {
  v1::Model model;
  for (int i = 0; i < 4; ++i) {
    model.add_fallback("a-model-with-quite-a-long-name-" + std::to_string(i));
  }
  EXPECT_EQ(ToYaml(model),
            "fallback:\n"
            "  - a-model-with-quite-a-long-name-0\n"
            "  - a-model-with-quite-a-long-name-1\n"
            "  - a-model-with-quite-a-long-name-2\n"
            "  - a-model-with-quite-a-long-name-3\n");
}

TEST(WriteYamlTest, ProgramsGetTheDefaultsToo) {
  v1::Limits limits;
  limits.set_max_rpm(1);
  EXPECT_EQ(WriteYaml(limits, Defaults::kWrite),
            "max_rpm: 1\nmax_tpm: 0\nmax_concurrent: 0\n");
  EXPECT_EQ(WriteYaml(v1::Target(), Defaults::kWrite),
            "provider: \"\"\nmodel: \"\"\nmode: unspecified\ncomplexity: "
            "[]\nmax_output_tokens: 0\n");
  EXPECT_EQ(
      WriteYaml(v1::Resources(), Defaults::kWrite),
      "providers: []\nmodels: []\nclient_keys: []\nwebhooks: []\nprices: []\n");
}

struct StringCase {
  std::string text;
  std::string want;
};

class YamlStringTest : public ::testing::TestWithParam<StringCase> {};

TEST_P(YamlStringTest, IsPlainOnlyWhereNobodyCanMistakeIt) {
  EXPECT_EQ(YamlString(GetParam().text), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, YamlStringTest,
                         ::testing::ValuesIn<StringCase>({
                             {"gpt-4.1", "gpt-4.1"},
                             {"/run/secrets/key", "/run/secrets/key"},
                             {"https://a.example:80/v1",
                              "https://a.example:80/v1"},
                             {"vendor/model:free", "vendor/model:free"},
                             {"", "\"\""},
                             {"4", "\"4\""},
                             {"1e5", "\"1e5\""},
                             {"-", "\"-\""},
                             {"*", "\"*\""},
                             {"yes", "\"yes\""},
                             {"NULL", "\"NULL\""},
                             {"~", "\"~\""},
                             {"key:", "\"key:\""},
                             {"a b", "\"a b\""},
                             {"a #b", "\"a #b\""},
                             {"a, b", "\"a, b\""},
                             {"{a}", "\"{a}\""},
                             {"say \"hi\" \\o/", R"("say \"hi\" \\o/")"},
                             {"line\nbreak\t\x01", R"("line\nbreak\x09\x01")"},
                             {"\xC3\xA9t\xC3\xA9", "\"\xC3\xA9t\xC3\xA9\""},
                         }));

struct NumberCase {
  double value;
  std::string want;
};

class YamlNumberTest : public ::testing::TestWithParam<NumberCase> {};

TEST_P(YamlNumberTest, IsTheShortestForm) {
  EXPECT_EQ(YamlNumber(GetParam().value), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, YamlNumberTest,
                         ::testing::ValuesIn<NumberCase>({
                             {0, "0"},
                             {3, "3"},
                             {2.40, "2.4"},
                             {0.1, "0.1"},
                             {-0.05, "-0.05"},
                             {1'000'000, "1000000"},
                             {1e300, "1e+300"},
                             {1e-9, "1e-09"},
                             {1.0 / 3, "0.3333333333333333"},
                             {std::numeric_limits<double>::infinity(), ".inf"},
                             {-std::numeric_limits<double>::infinity(),
                              "-.inf"},
                             {std::numeric_limits<double>::quiet_NaN(), ".nan"},
                         }));

}  // namespace
}  // namespace weir::config
