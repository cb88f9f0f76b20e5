#include "cli/change_text.h"

#include <string>

#include "gtest/gtest.h"

namespace weir::cli {
namespace {

namespace admin = ::weir::admin::v1;

admin::Change& Add(admin::ApplyResponse& response, admin::ChangeKind kind,
                   const std::string& resource, const std::string& name) {
  admin::Change& change = *response.add_changes();
  change.set_kind(kind);
  change.set_resource(resource);
  change.set_name(name);
  return change;
}

void AddField(admin::Change& change, const std::string& path,
              const std::string& before, const std::string& after) {
  admin::FieldChange& field = *change.add_fields();
  field.set_path(path);
  field.set_before(before);
  field.set_after(after);
}

admin::ApplyResponse SomeChanges() {
  admin::ApplyResponse response;
  response.set_revision(12);
  AddField(Add(response, admin::CHANGE_KIND_CREATED, "provider", "direct"),
           "base_url", "", "https://direct.example/v1");
  admin::Change& model =
      Add(response, admin::CHANGE_KIND_UPDATED, "model", "gpt-4.1");
  AddField(model, "targets[0].weight", "3", "5");
  AddField(model, "fallback", "[a]", "");
  AddField(Add(response, admin::CHANGE_KIND_REMOVED, "client_key", "demo"),
           "hint", "sk-", "");
  return response;
}

TEST(ChangeTextTest, EachChangeHasItsSignAndFields) {
  EXPECT_EQ(ChangeText(SomeChanges(), Applied::kForReal, Paint::kPlain),
            "+ provider direct\n"
            "    base_url: https://direct.example/v1\n"
            "~ model gpt-4.1\n"
            "    targets[0].weight: 3 -> 5\n"
            "    fallback: [a] (removed)\n"
            "- client_key demo\n"
            "3 changes made (revision 12).\n");
}

TEST(ChangeTextTest, ValuesOfSeveralLinesKeepTheirLines) {
  admin::ApplyResponse response;
  admin::Change& model =
      Add(response, admin::CHANGE_KIND_UPDATED, "model", "m");
  AddField(model, "targets[1]", "", "  - provider: relay\n    weight: 3\n");
  AddField(model, "targets[0]", "provider: a\nweight: 1", "provider: b");
  AddField(model, "targets[2]", "provider: c\nweight: 1\n", "");
  EXPECT_EQ(ChangeText(response, Applied::kForReal, Paint::kPlain),
            "~ model m\n"
            "    targets[1]:\n"
            "      - provider: relay\n"
            "        weight: 3\n"
            "    targets[0]:\n"
            "      before:\n"
            "        provider: a\n"
            "        weight: 1\n"
            "      after:\n"
            "        provider: b\n"
            "    targets[2]: (removed)\n"
            "1 change made (revision 0).\n");
}

TEST(ChangeTextTest, ADryRunSaysThatItWasOne) {
  EXPECT_TRUE(ChangeText(SomeChanges(), Applied::kDryRun, Paint::kPlain)
                  .ends_with("3 changes, not made: this was a dry run "
                             "(revision 12).\n"));
}

TEST(ChangeTextTest, NothingIsSaidToo) {
  admin::ApplyResponse response;
  response.set_revision(12);
  EXPECT_EQ(ChangeText(response, Applied::kForReal, Paint::kPlain),
            "Nothing to change (revision 12).\n");
}

TEST(ChangeTextTest, OneChangeIsSingular) {
  admin::ApplyResponse response;
  Add(response, admin::CHANGE_KIND_REMOVED, "model", "m");
  EXPECT_EQ(ChangeText(response, Applied::kForReal, Paint::kPlain),
            "- model m\n1 change made (revision 0).\n");
}

TEST(ChangeTextTest, SignsHaveColors) {
  admin::ApplyResponse response;
  Add(response, admin::CHANGE_KIND_REMOVED, "model", "m");
  EXPECT_TRUE(ChangeText(response, Applied::kForReal, Paint::kColors)
                  .starts_with("\x1b[31m- model m\x1b[0m\n"));
}

}  // namespace
}  // namespace weir::cli
