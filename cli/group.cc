#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "cli/display_width.h"
#include "cli/named_verb.h"
#include "cli/session.h"
#include "cli/values.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

using Stub = AdminClient::Stub;

Cell UsableCell(const admin::GroupStatus& group) {
  const std::string text =
      std::to_string(group.usable()) + " of " + std::to_string(group.targets());
  if (group.usable() == group.targets()) return {text};
  return {text, group.usable() == 0 ? Color::kRed : Color::kYellow};
}

absl::Status ShowStatus(Session& session) {
  const auto response =
      session.admin().Call(&Stub::GetGroups, admin::GetGroupsRequest());
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
    return absl::OkStatus();
  }
  if (response->groups().empty()) {
    session.io().out << "no emergency groups: policy.group_order is empty\n";
    return absl::OkStatus();
  }
  const absl::Time now = session.io().clock.WallNow();
  Table table({{"GROUP"}, {"STATE"}, {"USABLE"}, {"FAILING"}});
  for (const admin::GroupStatus& group : response->groups()) {
    table.AddRow(
        {group.group(),
         group.active() ? Cell("active", Color::kGreen) : Cell("in reserve"),
         UsableCell(group),
         group.has_failing_since()
             ? Cell("for " + Age(now - ToTime(group.failing_since())),
                    Color::kRed)
             : Cell("")});
  }
  session.Print(table);
  if (response->has_switched_at()) {
    session.io().out << "switched "
                     << Age(now - ToTime(response->switched_at())) << " ago, "
                     << Printable(response->reason()) << '\n';
  }
  return absl::OkStatus();
}

absl::Status Switch(Session& session, const std::string& group,
                    const std::string& reason) {
  admin::SwitchGroupRequest request;
  request.set_group(group);
  request.set_reason(reason);
  const auto response = session.admin().Call(&Stub::SwitchGroup, request);
  if (!response.ok()) return response.status();
  if (session.is_table()) {
    session.io().out << "group " << group << " is active.\n";
  } else {
    session.Print(*response);
  }
  return absl::OkStatus();
}

}  // namespace

void AddGroup(CLI::App& app, Session& session) {
  CLI::App& parent = *app.add_subcommand(
      "group", "Show emergency groups, and move traffic to one");
  parent.add_subcommand("status", "Show which group gets the traffic, and why")
      ->callback([&session] { session.Choose(ShowStatus); });
  auto reason = std::make_shared<std::string>();
  CLI::App* command =
      AddNamed(parent, session, "switch", "Move traffic to one, at once",
               [reason](Session& s, const std::string& group) {
                 return Switch(s, group, *reason);
               });
  command->add_option("--reason", *reason, "Why, for the record")
      ->type_name("TEXT");
}

}  // namespace weir::cli
