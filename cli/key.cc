#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cli/named_verb.h"
#include "cli/session.h"
#include "cli/values.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

using Stub = AdminClient::Stub;

struct Rights {
  std::vector<std::string> models;
  std::vector<std::string> providers;
};

// The secret alone goes to stdout, so that `KEY=$(weirctl key create NAME)`
// works and nothing of it lands in a log by accident.
absl::Status Create(Session& session, const std::string& name,
                    const Rights& rights) {
  admin::CreateClientKeyRequest request;
  request.set_name(name);
  request.mutable_models()->Add(rights.models.begin(), rights.models.end());
  request.mutable_providers()->Add(rights.providers.begin(),
                                   rights.providers.end());
  const auto response = session.admin().Call(&Stub::CreateClientKey, request);
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
    return absl::OkStatus();
  }
  session.io().err << "client key " << name
                   << " is made; this is its secret, shown only now:\n"
                   << std::flush;
  session.io().out << response->secret() << '\n';
  return absl::OkStatus();
}

std::string CreatedText(const config::v1::ClientKey& key) {
  if (!key.has_created_at()) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", ToTime(key.created_at()),
                          absl::UTCTimeZone());
}

absl::Status List(Session& session) {
  const auto response = session.admin().Call(&Stub::ListClientKeys,
                                             admin::ListClientKeysRequest());
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
    return absl::OkStatus();
  }
  Table table({{"NAME"}, {"SECRET"}, {"MODELS"}, {"PROVIDERS"}, {"CREATED"}});
  for (const config::v1::ClientKey& key : response->client_keys()) {
    table.AddRow({key.name(), key.hint().empty() ? "" : key.hint() + "...",
                  key.models().empty() ? "*" : Join(key.models()),
                  Join(key.providers()), CreatedText(key)});
  }
  session.Print(table);
  return absl::OkStatus();
}

absl::Status Revoke(Session& session, const std::string& name) {
  admin::RevokeClientKeyRequest request;
  request.set_name(name);
  const auto response = session.admin().Call(&Stub::RevokeClientKey, request);
  if (!response.ok()) return response.status();
  return session.Report("client key " + name + " is revoked", *response);
}

void AddCreate(CLI::App& parent, Session& session) {
  auto rights = std::make_shared<Rights>();
  CLI::App* command =
      AddNamed(parent, session, "create", "Make one and print its secret, once",
               [rights](Session& s, const std::string& name) {
                 return Create(s, name, *rights);
               });
  command
      ->add_option("--models", rights->models,
                   "Models it may use: a,b (default: all)")
      ->delimiter(',')
      ->type_name("NAMES")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--providers", rights->providers,
          "Providers it may address by x-weir-provider (default: none)")
      ->delimiter(',')
      ->type_name("NAMES")
      ->allow_extra_args(false);
}

}  // namespace

void AddKey(CLI::App& app, Session& session) {
  CLI::App& parent =
      *app.add_subcommand("key", "Create, list and revoke client keys");
  AddCreate(parent, session);
  parent.add_subcommand("list", "List all, without their secrets")
      ->callback([&session] { session.Choose(List); });
  AddNamed(parent, session, "revoke", "End one", Revoke);
}

}  // namespace weir::cli
