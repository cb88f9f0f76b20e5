#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cli/allowance_text.h"
#include "cli/await_nodes.h"
#include "cli/named_verb.h"
#include "cli/session.h"
#include "cli/time_argument.h"
#include "cli/values.h"
#include "cli/verbs.h"
#include "common/concat.h"
#include "common/config/effective.h"

namespace weir::cli {
namespace {

using Stub = AdminClient::Stub;

enum class Wait { kNot, kForNodes };

struct NewKey {
  std::vector<std::string> models;
  std::vector<std::string> providers;
  std::vector<std::string> regions;
  std::string expires;
  std::string owner;
  std::string team;
  // name=value.
  std::vector<std::string> tags;
  std::optional<std::uint64_t> rpm;
  std::optional<std::uint64_t> tpm;
  std::optional<std::uint64_t> concurrent;
  // As ParseBudget() reads them.
  std::vector<std::string> budgets;
};

absl::Status FillAllowance(const NewKey& key,
                           admin::CreateClientKeyRequest& request) {
  // A limit that is not there and one of 0 are different things.
  if (key.rpm.has_value()) request.mutable_limits()->set_rpm(*key.rpm);
  if (key.tpm.has_value()) request.mutable_limits()->set_tpm(*key.tpm);
  if (key.concurrent.has_value()) {
    request.mutable_limits()->set_concurrent(*key.concurrent);
  }
  for (const std::string& text : key.budgets) {
    auto budget = ParseBudget(text);
    if (!budget.ok()) return budget.status();
    *request.add_budgets() = *std::move(budget);
  }
  return absl::OkStatus();
}

absl::Status FillDetails(const NewKey& key, absl::Time now,
                         admin::CreateClientKeyRequest& request) {
  request.set_owner(key.owner);
  request.set_team(key.team);
  for (const std::string& tag : key.tags) {
    const auto equals = tag.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(
          Concat("--tag: is not name=value: \"", tag, "\""));
    }
    (*request.mutable_tags())[tag.substr(0, equals)] = tag.substr(equals + 1);
  }
  if (key.expires.empty()) return absl::OkStatus();
  const auto time = ParseTimeArgument(key.expires, now, Counted::kAhead);
  if (!time.has_value()) {
    return absl::InvalidArgumentError(
        Concat("--expires: is not a time: \"", key.expires,
               "\"; write 2026-12-31, 2026-12-31T12:00:00Z, 24h or 90d"));
  }
  request.mutable_expires_at()->set_seconds(absl::ToUnixSeconds(*time));
  return absl::OkStatus();
}

// The secret alone goes to stdout, so that `KEY=$(weirctl key create NAME)`
// works and nothing of it lands in a log by accident.
template <typename Response>
void ShowSecret(Session& session, const std::string& what,
                const Response& response) {
  if (!session.is_table()) {
    session.Print(response);
    return;
  }
  session.io().err << what << "; this is its secret, shown only now:\n"
                   << std::flush;
  session.io().out << response.secret() << '\n';
}

absl::Status Create(Session& session, const std::string& name,
                    const NewKey& key) {
  admin::CreateClientKeyRequest request;
  request.set_name(name);
  request.mutable_models()->Add(key.models.begin(), key.models.end());
  request.mutable_providers()->Add(key.providers.begin(), key.providers.end());
  request.mutable_regions()->Add(key.regions.begin(), key.regions.end());
  const absl::Status fine =
      FillDetails(key, session.io().clock.WallNow(), request);
  if (!fine.ok()) return fine;
  const absl::Status allowed = FillAllowance(key, request);
  if (!allowed.ok()) return allowed;
  const auto response = session.admin().Call(&Stub::CreateClientKey, request);
  if (!response.ok()) return response.status();
  ShowSecret(session, Concat("client key ", name, " is made"), *response);
  return absl::OkStatus();
}

absl::Status Rotate(Session& session, const std::string& name,
                    const std::string& grace) {
  const auto span = ParseSpan(grace);
  if (!span.has_value()) {
    return absl::InvalidArgumentError(Concat("--grace: is not a duration: \"",
                                             grace, "\"; write one like 24h"));
  }
  admin::RotateClientKeyRequest request;
  request.set_name(name);
  *request.mutable_grace() = config::FromDuration(*span);
  const auto response = session.admin().Call(&Stub::RotateClientKey, request);
  if (!response.ok()) return response.status();
  ShowSecret(session,
             Concat("client key ", name, " has a new secret, and the old one ",
                    *span == absl::ZeroDuration()
                        ? std::string("is refused from now on")
                        : Concat("works for ", absl::FormatDuration(*span))),
             *response);
  return absl::OkStatus();
}

std::string MinuteText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", ToTime(time),
                          absl::UTCTimeZone());
}

// When it ends, and that secrets are still retiring.
Cell ExpiryOf(const config::v1::ClientKey& key, absl::Time now) {
  std::string text;
  if (key.has_expires_at()) text = MinuteText(key.expires_at());
  const auto retiring = std::ranges::count_if(
      key.retiring(), [&](const config::v1::RetiringSecret& old) {
        return ToTime(old.expires_at()) > now;
      });
  if (retiring > 0) {
    Append(text, text.empty() ? "" : ", ", retiring, " old secret",
           retiring == 1 ? "" : "s");
  }
  const bool is_over = key.has_expires_at() && ToTime(key.expires_at()) <= now;
  return {text, is_over ? Color::kRed : Color::kNone};
}

absl::Status List(Session& session) {
  const auto response = session.admin().Call(&Stub::ListClientKeys,
                                             admin::ListClientKeysRequest());
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
    return absl::OkStatus();
  }
  Table table({{"NAME"},
               {"SECRET"},
               {"MODELS"},
               {"PROVIDERS"},
               {"TEAM"},
               {"OWNER"},
               {"LIMITS"},
               {"BUDGETS"},
               {"CREATED"},
               {"EXPIRES"}});
  for (const config::v1::ClientKey& key : response->client_keys()) {
    table.AddRow({key.name(), key.hint().empty() ? "" : key.hint() + "...",
                  key.models().empty() ? "*" : Join(key.models()),
                  Join(key.providers()), key.team(), key.owner(),
                  LimitsText(key.limits()), BudgetsText(key),
                  key.has_created_at() ? MinuteText(key.created_at()) : "",
                  ExpiryOf(key, session.io().clock.WallNow())});
  }
  session.Print(table);
  return absl::OkStatus();
}

absl::Status Revoke(Session& session, const std::string& name, Wait wait) {
  admin::RevokeClientKeyRequest request;
  request.set_name(name);
  const auto response = session.admin().Call(&Stub::RevokeClientKey, request);
  if (!response.ok()) return response.status();
  const absl::Status reported =
      session.Report("client key " + name + " is revoked", *response);
  return wait == Wait::kNot || !reported.ok() ? reported : AwaitNodes(session);
}

// The options outlive the command.
void AddAllowance(CLI::App& command, NewKey& key) {
  command.add_option("--rpm", key.rpm, "Requests a minute (default: no limit)")
      ->type_name("N");
  command.add_option("--tpm", key.tpm, "Tokens a minute (default: no limit)")
      ->type_name("N");
  command
      .add_option("--concurrent", key.concurrent,
                  "Requests in flight (default: no limit)")
      ->type_name("N");
  command
      .add_option("--budget", key.budgets,
                  "20/day, 500/month/hard or 500/month/hard/FALLBACK, a model "
                  "that serves once it is spent; MODEL=FALLBACK,... for single "
                  "models; may be given again")
      ->type_name("BUDGET")
      ->allow_extra_args(false);
}

void AddCreate(CLI::App& parent, Session& session) {
  auto key = std::make_shared<NewKey>();
  CLI::App* command =
      AddNamed(parent, session, "create", "Make one and print its secret, once",
               [key](Session& s, const std::string& name) {
                 return Create(s, name, *key);
               });
  const auto add_list = [&](const char* flag, std::vector<std::string>& list,
                            const char* help) {
    command->add_option(flag, list, help)
        ->delimiter(',')
        ->type_name("NAMES")
        ->allow_extra_args(false);
  };
  add_list("--models", key->models, "Models it may use: a,b (default: all)");
  add_list("--providers", key->providers,
           "Providers it may address by x-weir-provider (default: none)");
  add_list("--regions", key->regions,
           "Regions it may ask for by x-weir-region (default: none)");
  command
      ->add_option("--expires", key->expires,
                   "When it ends: 2026-12-31, 24h, 90d (default: never)")
      ->type_name("TIME");
  command->add_option("--owner", key->owner, "Who answers for it");
  command->add_option("--team", key->team, "Whose costs are its costs");
  command->add_option("--tag", key->tags, "name=value; may be given again")
      ->type_name("TAG")
      ->allow_extra_args(false);
  AddAllowance(*command, *key);
}

void AddRotate(CLI::App& parent, Session& session) {
  auto grace = std::make_shared<std::string>("0s");
  AddNamed(parent, session, "rotate",
           "Give one a new secret and print it, once",
           [grace](Session& s, const std::string& name) {
             return Rotate(s, name, *grace);
           })
      ->add_option("--grace", *grace,
                   "For how long the old secret still works: 24h, 7d; at most "
                   "90d")
      ->type_name("DURATION")
      ->capture_default_str();
}

void AddRevoke(CLI::App& parent, Session& session) {
  auto wait = std::make_shared<bool>(false);
  AddNamed(parent, session, "revoke", "End one",
           [wait](Session& s, const std::string& name) {
             return Revoke(s, name, *wait ? Wait::kForNodes : Wait::kNot);
           })
      ->add_flag("--wait", *wait,
                 "Wait until every connected node has said that it refuses "
                 "it; at most 10 seconds");
}

}  // namespace

void AddKey(CLI::App& app, Session& session) {
  CLI::App& parent =
      *app.add_subcommand("key", "Create, list, rotate and revoke client keys");
  AddCreate(parent, session);
  parent.add_subcommand("list", "List all, without their secrets")
      ->callback([&session] { session.Choose(List); });
  AddRotate(parent, session);
  AddRevoke(parent, session);
}

}  // namespace weir::cli
