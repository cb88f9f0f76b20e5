#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/event_loop/socket.h"
#include "bench/text/text.h"
#include "common/ops/flags.h"
#include "tests/simprovider/server.h"
#include "tests/simprovider/settings_json.h"

namespace weir::simprovider {
namespace {

constexpr int kUsageError = 2;

struct Flags {
  ServerOptions server;
  std::string models;
  std::string api_key;
  std::string latency = "0s";
  double tokens_per_second = 0;
  int tokens = 16;
  int status = 0;
  int requests_per_minute = 0;
  absl::Duration idle_close = absl::ZeroDuration();
  std::string control = "{}";
  std::string tls_certificate;
  std::string tls_key;
};

void Describe(CLI::App& app, Flags& flags) {
  ops::AddAddress(app, "--listen", flags.server.listen,
                  "where to listen; port 0 takes a free one")
      ->capture_default_str();
  app.add_option("--dialect", flags.server.dialect,
                 "the API spoken: openai, anthropic or gemini")
      ->capture_default_str();
  app.add_option("--name", flags.server.name, "what answers call themselves")
      ->capture_default_str();
  app.add_option("--threads", flags.server.threads, "event loops")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--models", flags.models,
                 "a,b: what may be asked for; without it, anything");
  app.add_option("--api-key", flags.api_key,
                 "the key that clients must show; without it, none");
  app.add_option("--latency", flags.latency,
                 "20ms, uniform:10ms-50ms, exp:20ms, "
                 "lognormal:p50=20ms,p99=200ms")
      ->capture_default_str();
  app.add_option("--tokens-per-second", flags.tokens_per_second,
                 "pace of the tokens of one answer; 0: all at once")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--tokens", flags.tokens, "length of an answer")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--status", flags.status, "fail every request with this code")
      ->check(CLI::Range(200, 599));
  app.add_option("--rpm", flags.requests_per_minute,
                 "answer 429 beyond so many requests a minute")
      ->check(CLI::PositiveNumber);
  ops::AddDuration(app, "--idle-close", flags.idle_close,
                   "close connections that have been idle for so long");
  app.add_option("--control", flags.control,
                 "JSON as POST /__control takes it, for every other fault");
  auto* certificate = app.add_option("--tls-cert", flags.tls_certificate,
                                     "serve TLS with this certificate (PEM)");
  auto* key = app.add_option("--tls-key", flags.tls_key, "its key (PEM)");
  certificate->needs(key);
  key->needs(certificate);
}

absl::StatusOr<Settings> SettingsOf(const Flags& flags) {
  Settings settings;
  absl::StatusOr<Latency> latency = Latency::Parse(flags.latency);
  if (!latency.ok()) {
    return absl::InvalidArgumentError(
        text::Cat("--latency: ", latency.status().message()));
  }
  settings.latency = *std::move(latency);
  if (flags.tokens_per_second > 0) {
    settings.tokens_per_second = flags.tokens_per_second;
  }
  settings.tokens = flags.tokens;
  for (const std::string_view model : text::Split(flags.models, ',')) {
    settings.models.emplace_back(model);
  }
  if (!flags.api_key.empty()) settings.api_key = flags.api_key;
  if (flags.status != 0) settings.status = StatusFault{.code = flags.status};
  if (flags.requests_per_minute != 0) {
    settings.rate_limit = RateLimit{.requests = flags.requests_per_minute};
  }
  if (flags.idle_close > absl::ZeroDuration()) {
    settings.idle_close = flags.idle_close;
  }
  absl::StatusOr<Settings> merged =
      MergeSettings(settings, settings, flags.control);
  if (merged.ok()) return merged;
  return absl::InvalidArgumentError(
      text::Cat("--control: ", merged.status().message()));
}

absl::Status Complete(Flags& flags) {
  absl::StatusOr<Settings> settings = SettingsOf(flags);
  if (!settings.ok()) return settings.status();
  flags.server.settings = *std::move(settings);
  if (flags.tls_certificate.empty()) return absl::OkStatus();
  absl::StatusOr<TlsContext> tls =
      MakeTlsContext(flags.tls_certificate, flags.tls_key);
  if (!tls.ok()) return tls.status();
  flags.server.tls = *std::move(tls);
  return absl::OkStatus();
}

// Serves until a signal asks to stop.
int Serve(ServerOptions options, const sigset_t& signals) {
  const std::string name = options.name;
  const std::string host = options.listen.substr(0, options.listen.rfind(':'));
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Start(std::move(options));
  if (!server.ok()) {
    std::cerr << "weir-simprovider: " << server.status().message() << "\n";
    return absl::IsInvalidArgument(server.status()) ? kUsageError : 1;
  }
  std::cout << "weir-simprovider " << name << " listening on " << host << ":"
            << (*server)->port() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

int Main(int argc, char** argv) {
  // Blocked before threads start, so that only Serve() gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  Flags flags;
  CLI::App app("A simulated AI provider, with faults on demand.");
  Describe(app, flags);
  ops::AddConventions(app, "weir-simprovider");
  if (const auto code = ops::ParseCommandLine(app, argc, argv)) return *code;
  if (const absl::Status status = Complete(flags); !status.ok()) {
    std::cerr << "weir-simprovider: " << status.message() << "\n";
    return kUsageError;
  }
  bench::RaiseDescriptorLimit();
  return Serve(std::move(flags.server), signals);
}

}  // namespace
}  // namespace weir::simprovider

int main(int argc, char** argv) { return weir::simprovider::Main(argc, argv); }
