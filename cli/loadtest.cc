#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "cli/cost_text.h"
#include "cli/csv.h"
#include "cli/input_file.h"
#include "cli/load_text.h"
#include "cli/loadtest/load_run.h"
#include "cli/loadtest/load_target.h"
#include "cli/progress_bar.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "common/concat.h"
#include "common/config/secrets.h"
#include "common/net/forward_proxy.h"
#include "common/net/plan_dial.h"
#include "common/net/url.h"
#include "common/ops/flags.h"

namespace weir::cli {
namespace {

// Long enough an answer for every --max-tokens, and nothing that a provider
// would refuse.
constexpr char kPrompt[] =
    "Tell the story of a river from its spring to the sea, as long as you can.";

enum class Consent { kAsk, kGiven };

struct Options {
  std::string model;
  std::vector<std::string> providers = {"all"};
  std::string node = "http://127.0.0.1:8080";
  std::string node_ca;
  std::string key;
  std::string key_file;
  std::string prompt = kPrompt;
  std::uint64_t requests = 100;
  std::uint64_t max_tokens = 1000;
  double rate = 1;
  std::optional<double> max_cost;
  absl::Duration timeout = absl::Minutes(2);
  bool is_stream = true;
  bool is_agreed = false;
};

absl::StatusOr<config::Secret> Key(const Options& options, const Io& io) {
  std::string key = options.key;
  if (!options.key_file.empty()) {
    const auto file = ReadInput(io, options.key_file);
    if (!file.ok()) return file.status();
    key = std::string(absl::StripAsciiWhitespace(file->content));
  }
  if (key.empty()) {
    return absl::InvalidArgumentError(
        "a client key is missing; put its secret into WEIR_KEY or give "
        "--key-file. One that may do this: weirctl key create loadtest "
        "--models MODEL --providers '*'");
  }
  for (const char c : key) {
    if (absl::ascii_isgraph(static_cast<unsigned char>(c))) continue;
    return absl::InvalidArgumentError(
        "the client key has characters that no key has");
  }
  return config::Secret(std::move(key));
}

absl::StatusOr<net::DialPlan> Node(const Options& options) {
  const auto url = net::ParseUrl(options.node);
  if (!url.ok()) {
    return absl::InvalidArgumentError(
        Concat("--node: ", std::string(url.status().message())));
  }
  auto plan = net::PlanDial(*url, options.node_ca, net::ProcessEnvironment());
  if (plan.ok()) return plan;
  return absl::InvalidArgumentError(
      Concat("--node: ", std::string(plan.status().message())));
}

absl::Status CheckPrices(const loadtest::LoadPlan& plan) {
  if (!plan.max_cost_usd.has_value()) return absl::OkStatus();
  for (const loadtest::LoadTarget& target : plan.targets) {
    if (target.price.has_value()) continue;
    return absl::FailedPreconditionError(
        Concat("what ", plan.question.model, " costs at ", target.provider,
               " is unknown, so --max-cost can't be kept; give the target a "
               "price or the price list an entry, leave the provider out with "
               "--providers, or leave --max-cost away"));
  }
  return absl::OkStatus();
}

absl::StatusOr<loadtest::LoadPlan> MakePlan(const Options& options,
                                            Session& session) {
  loadtest::LoadPlan plan;
  auto key = Key(options, session.io());
  if (!key.ok()) return key.status();
  plan.key = *std::move(key);
  auto node = Node(options);
  if (!node.ok()) return node.status();
  plan.node = *std::move(node);
  const auto registered =
      session.admin().Call(&AdminClient::Stub::Export, admin::ExportRequest());
  if (!registered.ok()) return registered.status();
  auto found =
      loadtest::FindTargets(registered->resources(), options.model,
                            options.providers, session.io().clock.WallNow());
  if (!found.ok()) return found.status();
  plan.targets = std::move(found->targets);
  plan.question = {.model = std::move(found->model),
                   .max_tokens = options.max_tokens,
                   .prompt = options.prompt,
                   .delivery = options.is_stream ? dialect::Delivery::kStream
                                                 : dialect::Delivery::kWhole};
  plan.requests = options.requests;
  plan.rate = options.rate;
  plan.timeout = options.timeout;
  plan.max_cost_usd = options.max_cost;
  const absl::Status priced = CheckPrices(plan);
  if (!priced.ok()) return priced;
  return plan;
}

// `at most $1.23`; what is not known is no number.
std::string Stake(const loadtest::LoadPlan& plan) {
  double worst = 0;
  for (const loadtest::LoadTarget& target : plan.targets) {
    const auto each = loadtest::WorstRequestCost(plan.question, target);
    if (!each.has_value()) return "nobody knows how much: prices are missing";
    worst += *each * static_cast<double>(plan.requests);
  }
  if (plan.max_cost_usd.has_value() && *plan.max_cost_usd < worst) {
    return Concat("at most ", DollarText(*plan.max_cost_usd), " (--max-cost)");
  }
  return Concat("at most ", DollarText(worst));
}

absl::Status Agree(const loadtest::LoadPlan& plan, Consent consent,
                   const Io& io) {
  if (consent == Consent::kGiven) return absl::OkStatus();
  if (io.in_device != Device::kTerminal || io.err_device != Device::kTerminal) {
    return absl::InvalidArgumentError(
        "this spends real money, and there is nobody to ask; give --yes");
  }
  io.err << "This sends " << plan.requests << " requests to each of "
         << plan.targets.size() << " providers and spends " << Stake(plan)
         << ". Go on? [y/N] " << std::flush;
  std::string answer;
  std::getline(io.in, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") {
    return absl::OkStatus();
  }
  return absl::CancelledError("nothing was sent");
}

v1::LoadTest Message(const loadtest::LoadPlan& plan,
                     const loadtest::LoadResult& result) {
  v1::LoadTest test;
  test.set_model(plan.question.model);
  for (const loadtest::Tally& tally : result.tallies) {
    *test.add_providers() = tally.Row();
  }
  for (const loadtest::Tally& tally : result.tallies) {
    for (const std::string& failure : tally.Failures()) {
      test.add_notes(failure);
    }
  }
  for (const std::string& note : result.notes) test.add_notes(note);
  return test;
}

void Show(const v1::LoadTest& test, Session& session) {
  constexpr int kUsualColumns = 80;
  const Io& io = session.io();
  if (session.is_csv()) {
    std::vector<const google::protobuf::Message*> rows;
    for (const v1::ProviderLoad& row : test.providers()) rows.push_back(&row);
    io.out << Csv(rows);
  } else if (session.is_table()) {
    const int columns =
        io.out_device == Device::kTerminal ? io.columns() : kUsualColumns;
    io.out << LoadText(test, session.paint(), columns);
  } else {
    session.Print(test);
  }
}

absl::Status RunLoadTest(const Options& options, Session& session) {
  const auto plan = MakePlan(options, session);
  if (!plan.ok()) return plan.status();
  const absl::Status agreed = Agree(
      *plan, options.is_agreed ? Consent::kGiven : Consent::kAsk, session.io());
  if (!agreed.ok()) return agreed;
  loadtest::LoadResult result;
  {
    ProgressBar bar(session.io());
    result = loadtest::RunLoad(
        *plan,
        [&bar](const loadtest::LoadProgress& progress) { bar.Show(progress); });
  }
  const v1::LoadTest test = Message(*plan, result);
  Show(test, session);
  if (result.interrupted) {
    return absl::CancelledError(
        "interrupted; what was sent until then is above");
  }
  return LoadVerdict(test);
}

void AddWay(CLI::App& command, Options& options) {
  command
      .add_option("--node", options.node,
                  "The node that requests go through, by its client API")
      ->envname("WEIR_NODE")
      ->type_name("URL")
      ->capture_default_str();
  command
      .add_option("--node-ca", options.node_ca,
                  "PEM file of the node's authority (default: the system's)")
      ->envname("WEIR_NODE_CA")
      ->type_name("FILE");
  command
      .add_option("--key-file", options.key_file,
                  "File with the secret of a client key; - reads stdin")
      ->type_name("FILE");
  command
      .add_option("--key", options.key,
                  "The secret itself; better in WEIR_KEY, which other users "
                  "don't see")
      ->envname("WEIR_KEY")
      ->type_name("SECRET");
}

void AddLoad(CLI::App& command, Options& options) {
  command
      .add_option("-n,--number", options.requests, "Requests to each provider")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
      ->capture_default_str();
  command
      .add_option("--rate", options.rate,
                  "Requests a second to each provider, however slow its "
                  "answers are")
      ->check(CLI::Range(0.001, 10'000.0))
      ->capture_default_str();
  command.add_option("--max-tokens", options.max_tokens, "Longest answer")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
      ->capture_default_str();
  command.add_option("--prompt", options.prompt, "What is asked")
      ->type_name("TEXT");
  command.add_flag("--stream,!--json", options.is_stream,
                   "Ask for streams (the default), or with --json for whole "
                   "answers, of which no first token is known");
  ops::AddDuration(command, "--request-timeout", options.timeout,
                   "Time that an answer may take");
}

}  // namespace

void AddLoadTest(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand(
      "loadtest",
      "Send real requests to a model's providers and compare them side by "
      "side; costs money");
  command.add_option("--model", options->model, "The model to ask for")
      ->required();
  command
      .add_option("--providers", options->providers,
                  "Which of its providers; all: those that are switched on")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  AddWay(command, *options);
  AddLoad(command, *options);
  command
      .add_option("--max-cost", options->max_cost,
                  "Send nothing that might make the run cost more US dollars")
      ->check(CLI::Range(0.0, 1e9))
      ->type_name("USD");
  command.add_flag("-y,--yes", options->is_agreed,
                   "Don't ask whether to spend it");
  command.callback([&session, options] {
    session.Choose([options](Session& s) { return RunLoadTest(*options, s); },
                   Session::Prints::kRowsToo);
  });
}

}  // namespace weir::cli
