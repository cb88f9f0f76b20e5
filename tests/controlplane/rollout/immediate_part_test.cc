#include "controlplane/rollout/immediate_part.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <ostream>
#include <string>

#include "common/config/validate.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using config::v1::Resources;

Resources Parse(const std::string& text) {
  Resources resources;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &resources));
  return resources;
}

std::string Hash(char digit) { return std::string(64, digit); }

// A provider, a model at it, and what else is there.
std::string With(const std::string& provider, const std::string& model,
                 const std::string& more) {
  return "providers { name: 'a' base_url: 'http://a.test/v1' " + provider +
         "} models { name: 'm' " + model + " } " + more;
}

std::string Key(const std::string& name, char digit,
                const std::string& more = "models: 'm'") {
  return "client_keys { name: '" + name + "' secret_sha256: '" + Hash(digit) +
         "' " + more + " } ";
}

const char kTarget[] = "targets { provider: 'a' }";

struct PartCase {
  std::string name;
  std::string standing;
  std::string wanted;
  std::string part;
};

std::ostream& operator<<(std::ostream& out, const PartCase& c) {
  return out << c.name;
}

class ImmediatePartTest : public ::testing::TestWithParam<PartCase> {};

TEST_P(ImmediatePartTest, FollowsTheTable) {
  const Resources standing = Parse(GetParam().standing);
  const Resources wanted = Parse(GetParam().wanted);
  ASSERT_TRUE(config::Validate(standing).problems.empty());
  ASSERT_TRUE(config::Validate(wanted).problems.empty());
  const Resources part = ImmediatePart(standing, wanted);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(
      part, Parse(GetParam().part)))
      << part.DebugString();
  EXPECT_TRUE(config::Validate(part).problems.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, ImmediatePartTest,
    ::testing::ValuesIn<PartCase>({
        {"NothingChanged", With("", kTarget, Key("k", '1')),
         With("", kTarget, Key("k", '1')), With("", kTarget, Key("k", '1'))},
        {"ARevokedKeyIsGone", With("", kTarget, Key("k", '1') + Key("l", '2')),
         With("", kTarget, Key("l", '2')), With("", kTarget, Key("l", '2'))},
        {"ANewKeyIsThere", With("", kTarget, ""),
         With("", kTarget, Key("k", '1')), With("", kTarget, Key("k", '1'))},
        {"AProvidersUrlWaits", With("", kTarget, ""),
         With("region: 'sg'", kTarget, ""), With("", kTarget, "")},
        {"AProviderIsSwitchedOff", With("", kTarget, ""),
         With("mode: MODE_DISABLED region: 'sg'", kTarget, ""),
         With("mode: MODE_DISABLED", kTarget, "")},
        {"AModelIsDrained", With("", kTarget, ""),
         With("", std::string("mode: MODE_DRAINING aliases: 'n' ") + kTarget,
              ""),
         With("", std::string("mode: MODE_DRAINING ") + kTarget, "")},
        {"ATargetIsSwitchedOff",
         With("",
              "targets { provider: 'a' model: 'x' } targets { provider: "
              "'a' model: 'y' }",
              ""),
         With("",
              "targets { provider: 'a' model: 'y' mode: MODE_DISABLED "
              "weight: 3 } targets { provider: 'a' model: 'x' }",
              ""),
         With("",
              "targets { provider: 'a' model: 'x' } targets { provider: "
              "'a' model: 'y' mode: MODE_DISABLED }",
              "")},
        {"AKeyForANewModelWaitsAndARevocationDoesNot",
         With("", kTarget, Key("k", '1') + Key("l", '2')),
         With("", kTarget,
              "models { name: 'new' targets { provider: 'a' } } " +
                  Key("l", '3', "models: 'new'") +
                  Key("n", '4', "models: 'new'")),
         With("", kTarget, Key("l", '3'))},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::controlplane
