#include <string>

#include "common/config/yaml.h"
#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

class ExportTest : public ServedTest,
                   public ::testing::WithParamInterface<std::string> {};

TEST_P(ExportTest, GivesBackWhatApplyTakes) {
  config::v1::Provider& provider = *admin_.resources.add_providers();
  provider.set_name("relay");
  provider.set_base_url("https://relay.example/v1");
  provider.add_credentials()->set_env("KEY");
  provider.mutable_timeouts()->mutable_fast()->set_nanos(250'000'000);
  provider.mutable_limits()->set_max_rpm(1'000'000'000'000);
  config::v1::Model& model = *admin_.resources.add_models();
  model.set_name("gpt-4.1");
  model.set_strategy(config::v1::STRATEGY_WEIGHTED);
  model.add_targets()->set_provider("relay");
  model.mutable_targets(0)->set_weight(0.1);

  const Outcome run = Weirctl({"export", "-o", GetParam()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto file = config::ParseResourceFile(run.out, "export");
  ASSERT_TRUE(file.ok()) << file.status() << run.out;
  EXPECT_EQ(file->resources.SerializeAsString(),
            admin_.resources.SerializeAsString());
}

INSTANTIATE_TEST_SUITE_P(Formats, ExportTest,
                         ::testing::Values("table", "yaml", "json"));

TEST_F(ExportTest, IsShortYaml) {
  admin_.resources.add_providers()->set_name("relay");
  EXPECT_EQ(Weirctl({"export"}).out, "providers:\n  - name: relay\n");
}

}  // namespace
}  // namespace weir::cli
