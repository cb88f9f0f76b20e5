#include "cli/named_verb.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>

namespace weir::cli {
namespace {

void RunWith(CLI::App& command, Session& session,
             std::shared_ptr<std::string> argument, NamedAction action) {
  command.callback([&session, argument, action = std::move(action)] {
    session.Choose(
        [argument, action](Session& s) { return action(s, *argument); });
  });
}

}  // namespace

CLI::App* AddNamed(CLI::App& parent, Session& session, const std::string& verb,
                   const std::string& help, NamedAction action) {
  CLI::App* command = parent.add_subcommand(verb, help);
  auto name = std::make_shared<std::string>();
  command->add_option("NAME", *name, "Its name")->required();
  RunWith(*command, session, name, std::move(action));
  return command;
}

void AddFromFile(CLI::App& parent, Session& session, const std::string& help,
                 NamedAction action) {
  CLI::App* command = parent.add_subcommand("set", help);
  auto path = std::make_shared<std::string>();
  command->add_option("-f,--file", *path, "Its YAML or JSON; - reads stdin")
      ->required()
      ->type_name("FILE");
  RunWith(*command, session, path, std::move(action));
}

}  // namespace weir::cli
