#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/input_file.h"
#include "cli/section_fill.h"
#include "cli/session.h"
#include "cli/simulate/replay.h"
#include "cli/simulate/simulation.h"
#include "cli/simulate/traffic.h"
#include "cli/simulate/what_if.h"
#include "cli/simulation_text.h"
#include "cli/values.h"
#include "cli/verbs.h"
#include "common/concat.h"
#include "common/config/validate.h"
#include "common/config/yaml.h"
#include "common/ops/flags.h"
#include "controlplane/weight/emergency_group.h"

namespace weir::cli {
namespace {

// As in DecisionQuery.limit.
constexpr std::uint32_t kMaxDecisions = 10'000;

struct Options {
  std::string path;
  std::string mix_path;
  std::string region;
  simulate::WhatIf what_if;
  double requests_per_second = 1;
  absl::Duration latency = absl::Milliseconds(200);
  bool live = false;
  bool against_recent = false;
  std::uint32_t number = 1000;

  // Whether the control plane is asked how things are.
  bool asks_server() const { return live || against_recent || path.empty(); }
};

// The file's resources, or what is registered; of a file that has not every
// section the rest is the registry's, where that is asked.
absl::StatusOr<config::v1::Resources> Resources(const Options& options,
                                                Session& session) {
  if (options.path.empty()) {
    auto current = session.admin().Call(&AdminClient::Stub::Export,
                                        admin::ExportRequest());
    if (!current.ok()) return current.status();
    return std::move(*current->mutable_resources());
  }
  const auto input = ReadInput(session.io(), options.path);
  if (!input.ok()) return input.status();
  const auto file = config::ParseResourceFile(input->content, input->name);
  if (!file.ok()) {
    return absl::FailedPreconditionError(file.status().message());
  }
  admin::ApplyRequest request;
  *request.mutable_resources() = file->resources;
  if (options.asks_server()) {
    const absl::Status filled = FillSections(session.admin(), *file, request);
    if (!filled.ok()) return filled;
  }
  const config::Findings findings = config::Validate(request.resources());
  if (!findings.problems.empty()) {
    return absl::FailedPreconditionError(
        config::Describe(findings.problems, file->lines, input->name));
  }
  return std::move(*request.mutable_resources());
}

absl::Status TakeLiveHealth(Session& session, simulate::Scenario& scenario) {
  const auto status = session.admin().Call(&AdminClient::Stub::GetStatus,
                                           admin::GetStatusRequest());
  if (!status.ok()) return status.status();
  simulate::TakeOver(status->status(), scenario.health);
  const auto groups = session.admin().Call(&AdminClient::Stub::GetGroups,
                                           admin::GetGroupsRequest());
  if (!groups.ok()) return groups.status();
  for (int i = 1; i < groups->groups_size(); ++i) {
    if (!groups->groups(i).active()) continue;
    scenario.last_switch = controlplane::GroupSwitch{
        groups->groups(i).group(), groups->reason(),
        controlplane::SwitchedBy::kItself, ToTime(groups->switched_at())};
  }
  return absl::OkStatus();
}

absl::StatusOr<admin::TrafficMix> Mix(const Options& options, Session& session,
                                      const config::v1::Resources& resources) {
  if (options.mix_path.empty()) return simulate::EvenMix(resources);
  const auto input = ReadInput(session.io(), options.mix_path);
  if (!input.ok()) return input.status();
  admin::TrafficMix mix;
  const absl::Status parsed =
      config::ParseResource(input->content, input->name, mix);
  if (!parsed.ok()) return absl::FailedPreconditionError(parsed.message());
  return mix;
}

absl::Status AddTraffic(const Options& options, Session& session,
                        simulate::Scenario& scenario) {
  scenario.requests_per_second = options.requests_per_second;
  const auto mix = Mix(options, session, scenario.resources);
  if (!mix.ok()) return mix.status();
  auto parts = simulate::PartsOf(*mix, scenario.resources, options.region);
  if (!parts.ok()) {
    return absl::FailedPreconditionError(
        options.mix_path.empty()
            ? "there is no model to ask for"
            : Concat(options.mix_path, ": ",
                     std::string(parts.status().message())));
  }
  scenario.parts = *std::move(parts);
  return absl::OkStatus();
}

void NoteRegions(const simulate::Scenario& scenario,
                 admin::Simulation& simulation) {
  std::set<std::string> unknown;
  for (const simulate::Part& part : scenario.parts) unknown.insert(part.region);
  unknown.erase("");
  for (const auto& provider : scenario.resources.providers()) {
    unknown.erase(provider.region());
  }
  for (const std::string& region : unknown) {
    simulation.add_notes(Concat("no provider is in region ", region));
  }
}

void NoteAssumptions(const Options& options, const simulate::Scenario& scenario,
                     admin::Simulation& simulation) {
  NoteRegions(scenario, simulation);
  const std::string latency = absl::FormatDuration(options.latency);
  simulation.add_notes(
      options.asks_server()
          ? Concat("targets are as the control plane sees them now; those that "
                   "it does not know work and take ",
                   latency)
          : Concat("every target works and takes ", latency,
                   ", where nothing else is supposed; --live takes what the "
                   "control plane sees"));
  if (options.mix_path.empty()) {
    simulation.add_notes(
        "as many requests for each model, of 1000 tokens in and 300 out; "
        "--mix FILE says otherwise");
  }
  if (!simulation.has_cost_month_usd()) {
    simulation.add_notes("costs are left out where a target has no price");
  }
}

absl::Status Simulate(const Options& options, Session& session) {
  simulate::Scenario scenario;
  auto resources = Resources(options, session);
  if (!resources.ok()) return resources.status();
  scenario.resources = *std::move(resources);
  scenario.now = session.io().clock.WallNow();
  scenario.health = simulate::AllWell(scenario.resources, options.latency);
  if (options.asks_server()) {
    const absl::Status live = TakeLiveHealth(session, scenario);
    if (!live.ok()) return live;
  }
  const absl::Status supposed =
      simulate::Suppose(options.what_if, scenario.resources, scenario.health);
  if (!supposed.ok()) return supposed;
  const absl::Status traffic = AddTraffic(options, session, scenario);
  if (!traffic.ok()) return traffic;

  admin::ListDecisionsResponse recorded;
  if (options.against_recent) {
    admin::ListDecisionsRequest request;
    request.set_limit(options.number);
    auto response =
        session.admin().Call(&AdminClient::Stub::ListDecisions, request);
    if (!response.ok()) return response.status();
    recorded = *std::move(response);
    scenario.regions = simulate::RegionsOf(recorded.decisions());
  }
  const controlplane::FleetView fleet = simulate::SettleUnder(scenario);
  admin::Simulation simulation = simulate::Simulate(scenario, fleet);
  if (options.against_recent) {
    *simulation.mutable_replay() =
        simulate::MakeAgain(recorded.decisions(), scenario, fleet);
  }
  NoteAssumptions(options, scenario, simulation);
  if (session.is_table()) {
    session.io().out << SimulationText(simulation, session.paint());
  } else {
    session.Print(simulation);
  }
  return absl::OkStatus();
}

void AddSuppositions(CLI::App& command, Options& options) {
  const auto add = [&](const char* name, std::vector<std::string>& list,
                       const char* type, const char* help) {
    command.add_option(name, list, help)
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(type);
  };
  add("--down", options.what_if.down, "PROVIDER",
      "Suppose that it is down; PROVIDER/MODEL is one target of it");
  add("--slow", options.what_if.slow, "PROVIDER=DURATION",
      "Suppose that it takes so long: p1=800ms");
  add("--rate-limit", options.what_if.rate_limit, "PROVIDER=NUMBERrpm",
      "Suppose that it takes no more requests a minute: p1=100rpm");
  ops::AddDuration(command, "--latency", options.latency,
                   "What a target takes of which nothing else is known");
}

void AddTrafficFlags(CLI::App& command, Options& options) {
  command
      .add_option("--rps", options.requests_per_second,
                  "Requests a second of all clients")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  command
      .add_option("--mix", options.mix_path,
                  "YAML of what they ask for: requests: [{model, share, "
                  "input_tokens, cached_input_tokens, output_tokens, "
                  "complexity, region}]; - reads stdin")
      ->type_name("FILE");
  command.add_option("--region", options.region, "Where they come from");
}

}  // namespace

void AddSimulate(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "simulate",
      "Show where traffic would go, what it would cost and which limits would "
      "break, without sending any");
  command
      ->add_option("-f,--file", options->path,
                   "Resource file; - reads stdin. Without one: what is "
                   "registered")
      ->type_name("FILE");
  AddSuppositions(*command, *options);
  AddTrafficFlags(*command, *options);
  command->add_flag("--live", options->live,
                    "Begin with the health that the control plane sees now; "
                    "implied without a file and by --against-recent");
  command->add_flag("--against-recent", options->against_recent,
                    "Make the nodes' recorded decisions again and show what "
                    "differs");
  command
      ->add_option("-n,--number", options->number,
                   "At most so many recorded decisions of each node")
      ->check(CLI::Range(std::uint32_t{1}, kMaxDecisions))
      ->capture_default_str();
  command->callback([&session, options] {
    session.Choose([options](Session& s) { return Simulate(*options, s); });
  });
}

}  // namespace weir::cli
