#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/cost/compare.h"
#include "cli/cost/priced_model.h"
#include "cli/cost/roi.h"
#include "cli/cost/volume.h"
#include "cli/cost_text.h"
#include "cli/csv.h"
#include "cli/input_file.h"
#include "cli/session.h"
#include "cli/time_argument.h"
#include "cli/verbs.h"
#include "common/concat.h"
#include "common/config/enum_text.h"
#include "common/config/validate.h"
#include "common/config/yaml.h"
#include "weir/cli/v1/monthly_mix.pb.h"

namespace weir::cli {
namespace {

using Report = admin::GetCostReportResponse;

void PrintRows(Session& session, const Report& report) {
  std::vector<const google::protobuf::Message*> rows;
  for (const admin::CostRow& row : report.rows()) rows.push_back(&row);
  session.io().out << Csv(rows);
}

// As rows, as a message, or as `text` for people.
void Show(Session& session, const Report& report, const std::string& text) {
  if (session.is_csv()) {
    PrintRows(session, report);
  } else if (session.is_table()) {
    session.io().out << text;
  } else {
    session.Print(report);
  }
}

struct ReportOptions {
  std::string by = "model";
  std::string since;
  std::string until;
  std::string baseline;
};

absl::Status SetTime(const std::string& flag, const std::string& text,
                     absl::Time now, google::protobuf::Timestamp& time) {
  const std::optional<absl::Time> parsed =
      ParseTimeArgument(text, now, Counted::kBack);
  if (!parsed.has_value()) {
    return absl::InvalidArgumentError(
        Concat(flag, ": is not a point in time: \"", text,
               "\"; write 2026-01-31, 2026-01-31T12:00:00Z, 24h or 7d"));
  }
  time.set_seconds(absl::ToUnixSeconds(*parsed));
  return absl::OkStatus();
}

absl::Status ShowReport(const ReportOptions& options, Session& session) {
  admin::GetCostReportRequest request;
  const auto* group =
      config::FindEnumValue(*admin::CostGroup_descriptor(), options.by);
  request.set_group_by(static_cast<admin::CostGroup>(group->number()));
  request.set_baseline(options.baseline);
  const absl::Time now = session.io().clock.WallNow();
  absl::Status fine;
  if (!options.since.empty()) {
    fine = SetTime("--since", options.since, now, *request.mutable_since());
  }
  if (fine.ok() && !options.until.empty()) {
    fine = SetTime("--until", options.until, now, *request.mutable_until());
  }
  if (!fine.ok()) return fine;
  const auto report =
      session.admin().Call(&AdminClient::Stub::GetCostReport, request);
  if (!report.ok()) return report.status();
  Show(session, *report,
       CostReportText(*report, request.group_by(), session.paint()));
  return absl::OkStatus();
}

// A price list alone is no complete set of resources: of what the validator
// says only the prices count, and not whether their providers are there.
absl::Status CheckPrices(const config::ResourceFile& file,
                         const std::string& name) {
  std::vector<config::Problem> problems =
      config::Validate(file.resources).problems;
  const bool is_list_alone = file.resources.providers().empty();
  std::erase_if(problems, [&](const config::Problem& problem) {
    return is_list_alone && (!problem.field.starts_with("prices[") ||
                             problem.field.ends_with(".provider"));
  });
  if (problems.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      config::Describe(problems, file.lines, name));
}

// Of the file, or what is registered.
absl::StatusOr<config::v1::Resources> Prices(const std::string& path,
                                             Session& session) {
  if (path.empty()) {
    auto current = session.admin().Call(&AdminClient::Stub::Export,
                                        admin::ExportRequest());
    if (!current.ok()) return current.status();
    return std::move(*current->mutable_resources());
  }
  const auto input = ReadInput(session.io(), path);
  if (!input.ok()) return input.status();
  auto file = config::ParseResourceFile(input->content, input->name);
  if (!file.ok()) {
    return absl::FailedPreconditionError(file.status().message());
  }
  const absl::Status sound = CheckPrices(*file, input->name);
  if (!sound.ok()) return sound;
  return std::move(file->resources);
}

struct CompareOptions {
  std::string tokens;
  std::string ratio;
  std::string path;
};

absl::Status Compare(const CompareOptions& options, Session& session) {
  const auto tokens = cost::ParseTokens(options.tokens);
  if (!tokens.has_value()) {
    return absl::InvalidArgumentError(
        Concat("--tokens: is not a number of tokens: \"", options.tokens,
               "\"; write one like 10M, 500k or 1000000"));
  }
  const auto volume = cost::Divide(*tokens, options.ratio);
  if (!volume.has_value()) {
    return absl::InvalidArgumentError(Concat("--ratio: is not input:output: \"",
                                             options.ratio,
                                             "\"; write one like 1:3"));
  }
  const auto resources = Prices(options.path, session);
  if (!resources.ok()) return resources.status();
  const Report report = cost::Compare(
      cost::PricedModels(*resources, session.io().clock.WallNow()), *volume);
  if (report.rows().empty()) {
    return absl::FailedPreconditionError(
        "no price is known; write prices: [{model: NAME, price: {input: USD, "
        "output: USD}}] per million tokens");
  }
  Show(session, report, CostCompareText(report, session.paint()));
  return absl::OkStatus();
}

struct RoiOptions {
  std::string from;
  std::string to;
  std::string path;
};

absl::StatusOr<Report> Month(const std::string& path,
                             const config::v1::Resources& prices,
                             Session& session) {
  const auto input = ReadInput(session.io(), path);
  if (!input.ok()) return input.status();
  cli::v1::MonthlyMix mix;
  const absl::Status parsed =
      config::ParseResource(input->content, input->name, mix);
  if (!parsed.ok()) return absl::FailedPreconditionError(parsed.message());
  auto month = cost::CostOfMonth(mix, prices, session.io().clock.WallNow());
  if (month.ok()) return month;
  return absl::FailedPreconditionError(
      Concat(input->name, ": ", std::string(month.status().message())));
}

absl::Status Roi(const RoiOptions& options, Session& session) {
  const auto prices = Prices(options.path, session);
  if (!prices.ok()) return prices.status();
  const auto from = Month(options.from, *prices, session);
  if (!from.ok()) return from.status();
  const auto to = Month(options.to, *prices, session);
  if (!to.ok()) return to.status();
  Report both;
  *both.add_rows() = from->total();
  *both.add_rows() = to->total();
  both.mutable_rows(0)->set_group("from");
  both.mutable_rows(1)->set_group("to");
  for (admin::CostRow& row : *both.mutable_rows()) {
    row.set_baseline_usd(from->total().cost_usd());
  }
  both.set_baseline("from");
  Show(session, both, RoiText(*from, *to, session.paint()));
  return absl::OkStatus();
}

template <typename Options>
void OnChosen(CLI::App& command, Session& session,
              const std::shared_ptr<Options>& options,
              absl::Status (*run)(const Options&, Session&)) {
  command.callback([&session, options, run] {
    session.Choose([options, run](Session& s) { return run(*options, s); },
                   Session::Prints::kRowsToo);
  });
}

void AddReport(CLI::App& parent, Session& session) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App& command = *parent.add_subcommand(
      "report", "Show what was used, what it cost and what could be cheaper");
  command.add_option("--by", options->by, "What a row stands for")
      ->check(
          CLI::IsMember({"model", "provider", "target", "key", "team", "day"}))
      ->capture_default_str();
  command
      .add_option("--since", options->since,
                  "From then on: 2026-01-31, 2026-01-31T12:00:00Z, 24h, 7d "
                  "(default: 24 hours before --until)")
      ->type_name("TIME");
  command.add_option("--until", options->until, "Before then (default: now)")
      ->type_name("TIME");
  command
      .add_option("--baseline", options->baseline,
                  "The model that the same is priced on for comparison "
                  "(default: the dearest)")
      ->type_name("MODEL");
  OnChosen(command, session, options, ShowReport);
}

void AddPricesFlag(CLI::App& command, std::string& path) {
  command
      .add_option("-f,--file", path,
                  "YAML with a price list, or with all resources; - reads "
                  "stdin. Without one: what is registered")
      ->type_name("FILE");
}

void AddCompare(CLI::App& parent, Session& session) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App& command = *parent.add_subcommand(
      "compare", "Price a volume of tokens on every model");
  command.add_option("--tokens", options->tokens, "How many: 10M, 500k")
      ->required()
      ->type_name("NUMBER");
  command
      .add_option("--ratio", options->ratio,
                  "How they divide into input and output: 1:3 (default: "
                  "all output)")
      ->type_name("IN:OUT");
  AddPricesFlag(command, options->path);
  OnChosen(command, session, options, Compare);
}

void AddRoi(CLI::App& parent, Session& session) {
  auto options = std::make_shared<RoiOptions>();
  CLI::App& command = *parent.add_subcommand(
      "roi", "Compare what two monthly mixes of requests cost");
  const char* kHelp =
      "YAML: requests: [{model, provider, requests_per_day, "
      "tokens_per_request, input_share}]";
  command.add_option("--from", options->from, kHelp)
      ->required()
      ->type_name("FILE");
  command.add_option("--to", options->to, "The other one; the same form")
      ->required()
      ->type_name("FILE");
  AddPricesFlag(command, options->path);
  OnChosen(command, session, options, Roi);
}

}  // namespace

void AddCost(CLI::App& app, Session& session) {
  CLI::App& parent =
      *app.add_subcommand("cost", "What was spent, and what else would cost");
  AddReport(parent, session);
  AddCompare(parent, session);
  AddRoi(parent, session);
}

}  // namespace weir::cli
