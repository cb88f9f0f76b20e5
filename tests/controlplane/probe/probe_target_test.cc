#include "controlplane/probe/probe_target.h"

#include <google/protobuf/text_format.h>

#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/ids.h"
#include "gtest/gtest.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {
namespace {

namespace v1 = config::v1;

std::map<TargetId, ProbeTarget> Targets(const std::string& text) {
  auto resources = std::make_shared<v1::Resources>();
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString(text, resources.get()));
  return TargetsToProbe(resources);
}

std::string Names(const std::map<TargetId, ProbeTarget>& targets) {
  std::string names;
  for (const auto& [id, target] : targets) names += id.value + " ";
  return names;
}

TEST(ProbeTargetTest, SharedTargetsAreProbedOnce) {
  const auto targets = Targets(R"pb(
    providers { name: "p" }
    models {
      name: "m"
      targets { provider: "p" }
    }
    models {
      name: "n"
      targets { provider: "p" model: "m" }
    }
    models {
      name: "o"
      targets { provider: "p" }
    }
  )pb");
  EXPECT_EQ(Names(targets), "p/m p/o ");
}

TEST(ProbeTargetTest, TheCheckMayNameAnotherModel) {
  const auto targets = Targets(R"pb(
    providers {
      name: "p"
      health_check { model: "cheap" }
    }
    providers { name: "q" }
    models {
      name: "m"
      targets { provider: "p" }
      targets { provider: "q" }
    }
  )pb");
  EXPECT_EQ(targets.at(MakeTargetId("p", "m")).upstream_model, "cheap");
  EXPECT_EQ(targets.at(MakeTargetId("q", "m")).upstream_model, "m");
}

TEST(ProbeTargetTest, TheDisabledAreLeftInPeaceAndTheDrainingAreNot) {
  const auto targets = Targets(R"pb(
    providers { name: "off" mode: MODE_DISABLED }
    providers { name: "drains" mode: MODE_DRAINING }
    providers { name: "on" }
    models {
      name: "m"
      targets { provider: "off" }
      targets { provider: "drains" }
      targets { provider: "on" mode: MODE_DISABLED }
    }
    models {
      name: "n"
      mode: MODE_DISABLED
      targets { provider: "on" }
    }
    models {
      name: "o"
      mode: MODE_DRAINING
      targets { provider: "on" }
    }
  )pb");
  EXPECT_EQ(Names(targets), "drains/m on/o ");
}

TEST(ProbeTargetTest, DisabledUnderOneModelOnlyIsProbed) {
  const auto targets = Targets(R"pb(
    providers { name: "p" }
    models {
      name: "m"
      mode: MODE_DISABLED
      targets { provider: "p" }
    }
    models {
      name: "n"
      targets { provider: "p" model: "m" }
    }
  )pb");
  EXPECT_EQ(Names(targets), "p/m ");
}

TEST(ProbeTargetTest, ATargetOutlivesTheResourcesItIsOf) {
  std::map<TargetId, ProbeTarget> targets = Targets(R"pb(
    providers {
      name: "p"
      health_check { interval { seconds: 7 } }
    }
    models {
      name: "m"
      targets { provider: "p" }
    }
  )pb");
  const ProbeTarget target = targets.begin()->second;
  targets.clear();
  EXPECT_EQ(target.provider->name(), "p");
  EXPECT_EQ(target.check.interval, absl::Seconds(7));
}

}  // namespace
}  // namespace weir::controlplane
