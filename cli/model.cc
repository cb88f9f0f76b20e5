#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "cli/input_file.h"
#include "cli/mode_verb.h"
#include "cli/named_verb.h"
#include "cli/session.h"
#include "cli/values.h"
#include "cli/verbs.h"
#include "common/config/effective.h"
#include "common/config/yaml.h"
#include "common/config/yaml_writer.h"

namespace weir::cli {
namespace {

using Stub = AdminClient::Stub;

// `relay/gpt-4.1 x3, direct/gpt-4.1 (draining)`.
std::string TargetsText(const config::v1::Model& model) {
  std::string text;
  for (const config::v1::Target& target : model.targets()) {
    if (!text.empty()) text += ", ";
    text += config::TargetIdOf(model, target).value;
    if (const double weight = config::BaseWeight(target); weight != 1) {
      text += " x" + config::YamlNumber(weight);
    }
    const auto mode = config::EffectiveMode(target.mode());
    if (mode != config::v1::MODE_ENABLED) text += " (" + Text(mode) + ')';
  }
  return text;
}

absl::Status List(Session& session) {
  const auto response =
      session.admin().Call(&Stub::ListModels, admin::ListModelsRequest());
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
    return absl::OkStatus();
  }
  Table table({{"NAME"},
               {"MODE"},
               {"ALIASES"},
               {"STRATEGY"},
               {"TARGETS"},
               {"FALLBACK"}});
  for (const config::v1::Model& model : response->models()) {
    table.AddRow({model.name(), ModeCell(model.mode()), Join(model.aliases()),
                  Text(model.strategy() == config::v1::STRATEGY_UNSPECIFIED
                           ? config::v1::STRATEGY_WEIGHTED
                           : model.strategy()),
                  TargetsText(model), Join(model.fallback())});
  }
  session.Print(table);
  return absl::OkStatus();
}

absl::Status Get(Session& session, const std::string& name) {
  admin::GetModelRequest request;
  request.set_name(name);
  const auto response = session.admin().Call(&Stub::GetModel, request);
  if (!response.ok()) return response.status();
  session.PrintResource(response->model());
  return absl::OkStatus();
}

absl::Status Set(Session& session, const std::string& path) {
  const auto input = ReadInput(session.io(), path);
  if (!input.ok()) return input.status();
  admin::SetModelRequest request;
  const absl::Status parsed = config::ParseResource(input->content, input->name,
                                                    *request.mutable_model());
  if (!parsed.ok()) return absl::FailedPreconditionError(parsed.message());
  const auto response = session.admin().Call(&Stub::SetModel, request);
  if (!response.ok()) return response.status();
  return session.Report("model " + request.model().name() + " is set",
                        *response);
}

// An empty `provider` means the model itself.
absl::Status SetMode(Session& session, const std::string& name,
                     const std::string& provider, const ModeVerb& verb) {
  admin::SetModelModeRequest request;
  request.set_name(name);
  request.set_mode(verb.mode);
  request.set_provider(provider);
  const auto response = session.admin().Call(&Stub::SetModelMode, request);
  if (!response.ok()) return response.status();
  const std::string at = provider.empty() ? "" : " at " + provider;
  return session.Report("model " + name + at + ' ' + verb.result, *response);
}

absl::Status Remove(Session& session, const std::string& name) {
  admin::RemoveModelRequest request;
  request.set_name(name);
  const auto response = session.admin().Call(&Stub::RemoveModel, request);
  if (!response.ok()) return response.status();
  return session.Report("model " + name + " is removed", *response);
}

void AddModeVerb(CLI::App& parent, Session& session, const ModeVerb& verb) {
  auto provider = std::make_shared<std::string>();
  CLI::App* command =
      AddNamed(parent, session, verb.verb, verb.help,
               [provider, &verb](Session& s, const std::string& name) {
                 return SetMode(s, name, *provider, verb);
               });
  command->add_option("--provider", *provider,
                      "Only the model's targets at this provider");
}

}  // namespace

void AddModel(CLI::App& app, Session& session) {
  CLI::App& parent =
      *app.add_subcommand("model", "List, show, change and switch models");
  parent.add_subcommand("list", "List all")->callback([&session] {
    session.Choose(List);
  });
  AddNamed(parent, session, "get", "Print one as a file that set takes", Get);
  AddFromFile(parent, session, "Create or replace one", Set);
  for (const ModeVerb& verb : kModeVerbs) AddModeVerb(parent, session, verb);
  AddNamed(parent, session, "remove", "Remove one that nothing falls back to",
           Remove);
}

}  // namespace weir::cli
