#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/event_loop/event_loop.h"
#include "bench/event_loop/socket.h"
#include "bench/loadgen/generator.h"
#include "bench/loadgen/mix.h"
#include "bench/loadgen/request_text.h"
#include "bench/loadgen/results.h"
#include "bench/text/text.h"
#include "common/ops/flags.h"

namespace weir::bench {
namespace {

constexpr int kUsageError = 2;

// Whom SIGINT and SIGTERM end; set before they can come.
Generator* running = nullptr;

void OnSignal(int /*signal*/) { running->EndEarly(); }

struct Flags {
  std::string url;
  std::string rate = "max";
  std::string mix;
  bool stream = false;
  std::size_t streams = 0;
  std::string counted_header;
  bool json = false;
  absl::Duration duration = absl::Seconds(10);
  absl::Duration warmup = absl::ZeroDuration();
  absl::Duration timeout = absl::Seconds(30);
  Plan plan;
  RequestShape shape;
};

void Describe(CLI::App& app, Flags& flags) {
  app.add_option("--url", flags.url,
                 "http://host:port/path; without a path, chat completions")
      ->required();
  app.add_option("--api", flags.shape.api,
                 "openai, anthropic or gemini; the last two at their own paths")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Api>{{"openai", Api::kOpenAi},
                                     {"anthropic", Api::kAnthropic},
                                     {"gemini", Api::kGemini}}));
  app.add_option("--rate", flags.rate,
                 "requests a second, open-loop; max: as fast as the "
                 "connections allow")
      ->capture_default_str();
  app.add_option("--connections", flags.plan.connections, "at most so many")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_flag("--stream", flags.stream, "streams instead of JSON answers");
  app.add_option("--streams", flags.streams,
                 "keep so many streams running; cut at the end");
  app.add_option("--mix", flags.mix, "shares such as json=0.7,sse=0.3");
  app.add_option("--leave", flags.plan.leave_share,
                 "share of the streams to leave after their first event")
      ->check(CLI::Range(0.0, 1.0));
  ops::AddDuration(app, "--duration", flags.duration,
                   "of the load, warm-up included");
  ops::AddDuration(app, "--warmup", flags.warmup,
                   "requests due in it are counted but not timed");
  ops::AddDuration(app, "--timeout", flags.timeout, "of one request");
  app.add_option("--key", flags.shape.key, "sent as a bearer token");
  app.add_option("--model", flags.shape.model, "what is asked for")
      ->capture_default_str();
  app.add_option("--keys", flags.shape.keys,
                 "take turns among so many keys, called KEY-0 and so on")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--models", flags.shape.models,
                 "take turns among so many models, called MODEL-0 and so on")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--body-bytes", flags.shape.body_bytes,
                 "size of a request's body, at least")
      ->check(CLI::Range(0, 1 << 30))
      ->capture_default_str();
  app.add_option("--max-tokens", flags.shape.max_tokens,
                 "length of an answer; 0: the server's own")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--count-header", flags.counted_header,
                 "count the values of this answer header");
  app.add_flag("--json", flags.json, "print one JSON object");
}

absl::Status Complete(Flags& flags) {
  Plan& plan = flags.plan;
  if (flags.rate != "max") {
    plan.rate = ParseRate(flags.rate);
    if (!plan.rate) {
      return absl::InvalidArgumentError(text::Cat(
          "--rate: '", flags.rate, "' is neither a positive number nor max"));
    }
  }
  if (flags.stream || flags.streams > 0) plan.sse_share = 1.0;
  if (!flags.mix.empty()) {
    const absl::StatusOr<double> share = SseShare(flags.mix);
    if (!share.ok()) return share.status();
    plan.sse_share = *share;
  }
  if (flags.streams > 0) {
    plan.rate.reset();
    plan.connections = flags.streams;
    plan.tail = Plan::Tail::kCut;
  }
  if (flags.duration <= flags.warmup) {
    return absl::InvalidArgumentError("--duration: must exceed the warm-up");
  }
  plan.duration = absl::ToChronoNanoseconds(flags.duration);
  plan.warmup = absl::ToChronoNanoseconds(flags.warmup);
  plan.timeout = absl::ToChronoNanoseconds(flags.timeout);
  return absl::OkStatus();
}

int Refuse(const absl::Status& status) {
  std::cerr << "weir-loadgen: " << status.message() << "\n";
  return kUsageError;
}

int Main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  Flags flags;
  CLI::App app(
      "Loads an OpenAI-compatible server and says what came of it. SIGINT and "
      "SIGTERM end the load early.");
  Describe(app, flags);
  ops::AddConventions(app, "weir-loadgen");
  if (const auto code = ops::ParseCommandLine(app, argc, argv)) return *code;
  if (const absl::Status status = Complete(flags); !status.ok()) {
    return Refuse(status);
  }
  const absl::StatusOr<Target> target = ParseTarget(flags.url);
  if (!target.ok()) return Refuse(target.status());

  RaiseDescriptorLimit();
  EventLoop loop;
  Generator generator(loop, flags.plan, *target, flags.shape,
                      flags.counted_header);
  running = &generator;
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  generator.Start();
  loop.Run();
  if (flags.json) {
    std::cout << ToJson(generator.results()) << "\n";
  } else {
    std::cout << ToTable(generator.results());
  }
  return 0;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::Main(argc, argv); }
