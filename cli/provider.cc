#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/status.h"
#include "cli/input_file.h"
#include "cli/mode_verb.h"
#include "cli/named_verb.h"
#include "cli/session.h"
#include "cli/values.h"
#include "cli/verbs.h"
#include "common/config/secrets.h"
#include "common/config/yaml.h"

namespace weir::cli {
namespace {

using Stub = AdminClient::Stub;

std::string CredentialsText(const config::v1::Provider& provider) {
  std::string text;
  for (const config::v1::SecretRef& reference : provider.credentials()) {
    if (!text.empty()) text += ", ";
    text += config::DescribeSecretRef(reference);
  }
  return text;
}

absl::Status List(Session& session) {
  const auto response =
      session.admin().Call(&Stub::ListProviders, admin::ListProvidersRequest());
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
    return absl::OkStatus();
  }
  Table table({{"NAME"},
               {"MODE"},
               {"DIALECT"},
               {"BASE URL"},
               {"REGION"},
               {"PRIORITY", Align::kRight},
               {"CREDENTIALS"}});
  for (const config::v1::Provider& provider : response->providers()) {
    table.AddRow({provider.name(), ModeCell(provider.mode()),
                  Text(provider.dialect() == config::v1::DIALECT_UNSPECIFIED
                           ? config::v1::DIALECT_OPENAI
                           : provider.dialect()),
                  provider.base_url(), provider.region(),
                  std::to_string(provider.priority()),
                  CredentialsText(provider)});
  }
  session.Print(table);
  return absl::OkStatus();
}

absl::Status Get(Session& session, const std::string& name) {
  admin::GetProviderRequest request;
  request.set_name(name);
  const auto response = session.admin().Call(&Stub::GetProvider, request);
  if (!response.ok()) return response.status();
  session.PrintResource(response->provider());
  return absl::OkStatus();
}

absl::Status Set(Session& session, const std::string& path) {
  const auto input = ReadInput(session.io(), path);
  if (!input.ok()) return input.status();
  admin::SetProviderRequest request;
  const absl::Status parsed = config::ParseResource(
      input->content, input->name, *request.mutable_provider());
  if (!parsed.ok()) return absl::FailedPreconditionError(parsed.message());
  const auto response = session.admin().Call(&Stub::SetProvider, request);
  if (!response.ok()) return response.status();
  return session.Report("provider " + request.provider().name() + " is set",
                        *response);
}

absl::Status SetMode(Session& session, const std::string& name,
                     const ModeVerb& verb) {
  admin::SetProviderModeRequest request;
  request.set_name(name);
  request.set_mode(verb.mode);
  const auto response = session.admin().Call(&Stub::SetProviderMode, request);
  if (!response.ok()) return response.status();
  return session.Report("provider " + name + ' ' + verb.result, *response);
}

absl::Status Remove(Session& session, const std::string& name) {
  admin::RemoveProviderRequest request;
  request.set_name(name);
  const auto response = session.admin().Call(&Stub::RemoveProvider, request);
  if (!response.ok()) return response.status();
  return session.Report("provider " + name + " is removed", *response);
}

}  // namespace

void AddProvider(CLI::App& app, Session& session) {
  CLI::App& parent = *app.add_subcommand(
      "provider", "List, show, change and switch providers");
  parent.add_subcommand("list", "List all")->callback([&session] {
    session.Choose(List);
  });
  AddNamed(parent, session, "get", "Print one as a file that set takes", Get);
  AddFromFile(parent, session, "Create or replace one", Set);
  for (const ModeVerb& verb : kModeVerbs) {
    AddNamed(parent, session, verb.verb, verb.help,
             [&verb](Session& s, const std::string& name) {
               return SetMode(s, name, verb);
             });
  }
  AddNamed(parent, session, "remove", "Remove one that no model uses", Remove);
}

}  // namespace weir::cli
