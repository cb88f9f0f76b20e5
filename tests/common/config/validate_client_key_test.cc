#include <string>

#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

v1::ClientKey& FirstKey(v1::Resources& resources) {
  return *resources.mutable_client_keys(0);
}

constexpr char kHashFix[] =
    "write the 64 digits that `printf %s SECRET | sha256sum` prints";

class ValidateClientKeyTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidateClientKeyTest, FollowsTheTable) { ExpectFindings(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Identity, ValidateClientKeyTest,
    ::testing::ValuesIn<ValidateCase>({
        {"NameTwice",
         [](auto& r) {
           r.add_client_keys()->set_name("demo");
           r.mutable_client_keys(1)->set_secret_sha256(std::string(64, 'b'));
         },
         "client_keys[1].name: \"demo\" is what client_keys[0].name says too; "
         "give each its own name"},
        {"NoHash", [](auto& r) { FirstKey(r).clear_secret_sha256(); },
         std::string("client_keys[0].secret_sha256: is missing; ") + kHashFix},
        {"ShortHash",
         [](auto& r) { FirstKey(r).set_secret_sha256(std::string(63, 'a')); },
         std::string("client_keys[0].secret_sha256: is not a SHA-256 in "
                     "hexadecimal; ") +
             kHashFix},
        {"HashOfOtherLetters",
         [](auto& r) { FirstKey(r).set_secret_sha256(std::string(64, 'g')); },
         std::string("client_keys[0].secret_sha256: is not a SHA-256 in "
                     "hexadecimal; ") +
             kHashFix},
        {"SameSecretInCapitals",
         [](auto& r) {
           r.add_client_keys()->set_name("other");
           r.mutable_client_keys(1)->set_secret_sha256(std::string(64, 'A'));
         },
         "client_keys[1].secret_sha256: is the same secret as "
         "client_keys[0].secret_sha256; give each key its own secret"},
        {"HintOnTwoLines", [](auto& r) { FirstKey(r).set_hint("sk\n"); },
         "client_keys[0].hint: holds a control character; write it on one "
         "line"},
        {"ExpiresAgesAway",
         [](auto& r) {
           FirstKey(r).mutable_expires_at()->set_seconds(253402300800);
         },
         "client_keys[0].expires_at: is not a point in time; write one like "
         "2026-01-31T12:00:00Z, or remove it"},
        {"OwnerTooLong",
         [](auto& r) { FirstKey(r).set_owner(std::string(254, 'x')); },
         "client_keys[0].owner: is longer than 253 bytes; write a shorter one"},
        {"TeamOnTwoLines", [](auto& r) { FirstKey(r).set_team("a\nb"); },
         "client_keys[0].team: holds a control character; write it on one "
         "line"},
        {"TagTooLong",
         [](auto& r) {
           (*FirstKey(r).mutable_tags())["env"] = std::string(64, 'x');
         },
         "client_keys[0].tags.env: is longer than 63 bytes; write a shorter "
         "one"},
        {"TagWithoutAName",
         [](auto& r) { (*FirstKey(r).mutable_tags())[""] = "x"; },
         "client_keys[0].tags.: has no name; write tags as `name: value`"},
        {"TooManyTags",
         [](auto& r) {
           for (int i = 0; i < 17; ++i) {
             (*FirstKey(r).mutable_tags())[std::to_string(i)] = "x";
           }
         },
         "client_keys[0].tags: are more than 16; remove some"},
        {"SoundRetiring",
         [](auto& r) {
           v1::RetiringSecret& secret = *FirstKey(r).add_retiring();
           secret.set_secret_sha256(std::string(64, 'b'));
           secret.mutable_expires_at()->set_seconds(1);
         }},
        {"RetiringIsItsOwn",
         [](auto& r) {
           v1::RetiringSecret& secret = *FirstKey(r).add_retiring();
           secret.set_secret_sha256(std::string(64, 'a'));
         },
         "client_keys[0].retiring[0].secret_sha256: is the same secret as "
         "client_keys[0].secret_sha256; give each key its own secret\n"
         "client_keys[0].retiring[0].expires_at: is missing; write the time "
         "from which on it is refused"},
        {"AgesAway",
         [](auto& r) {
           FirstKey(r).mutable_created_at()->set_seconds(253402300800);
         },
         "client_keys[0].created_at: is not a point in time; write one like "
         "2026-01-31T12:00:00Z, or remove it"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rights, ValidateClientKeyTest,
    ::testing::ValuesIn<ValidateCase>({
        {"NamesAndAliases",
         [](auto& r) {
           FirstKey(r).add_models("gpt-4");
           FirstKey(r).add_models("gpt-4.1-mini");
           FirstKey(r).add_providers("direct");
         }},
        {"All",
         [](auto& r) {
           FirstKey(r).add_models("*");
           FirstKey(r).add_providers("*");
         }},
        {"AllAndMore",
         [](auto& r) {
           FirstKey(r).add_models("gpt-4");
           FirstKey(r).add_models("*");
         },
         "client_keys[0].models[1]: \"*\" stands beside names; write [\"*\"] "
         "alone for all, or names only"},
        {"UnknownModel", [](auto& r) { FirstKey(r).add_models("gtp-4"); },
         "client_keys[0].models[0]: there is no model \"gtp-4\"; did you mean "
         "\"gpt-4\"?"},
        {"UnknownProvider",
         [](auto& r) { FirstKey(r).add_providers("relays"); },
         "client_keys[0].providers[0]: there is no provider \"relays\"; did "
         "you mean \"relay\"?"},
        {"RegionsOfAnyName",
         [](auto& r) {
           FirstKey(r).add_regions("eu-west");
           FirstKey(r).add_regions("mars");
         }},
        {"AllRegionsAndMore",
         [](auto& r) {
           FirstKey(r).add_regions("*");
           FirstKey(r).add_regions("eu-west");
         },
         "client_keys[0].regions[0]: \"*\" stands beside names; write [\"*\"] "
         "alone for all, or names only"},
        {"EmptyRegion", [](auto& r) { FirstKey(r).add_regions(""); },
         "client_keys[0].regions[0]: is empty; write a region's name, or "
         "remove it"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::config
