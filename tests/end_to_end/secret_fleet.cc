#include "tests/end_to_end/secret_fleet.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "common/sha256.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {
namespace {

constexpr const char* kVariables[] = {"WEIR_TOKEN", "CANARY_PROVIDER",
                                      "CANARY_HOOK", "HTTPS_PROXY"};

std::string HexSha256(const std::string& secret) {
  return absl::BytesToHexString(Sha256(secret));
}

std::string ContentOf(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

SecretFleet::SecretFleet() {
  const std::string token = canaries_.Hide("admin token");
  token_file_ =
      Keep("tokens", absl::StrCat("ana admin ", HexSha256(token), "\n"));
  setenv("WEIR_TOKEN", token.c_str(), 1);
  setenv("CANARY_PROVIDER", by_env_.c_str(), 1);
  const std::string hook =
      absl::StrCat(receiver_.url(), "/", canaries_.Hide("webhook URL, env"));
  setenv("CANARY_HOOK", hook.c_str(), 1);
  const std::string proxy = absl::StrReplaceAll(
      receiver_.url(),
      {{"://", absl::StrCat("://ana:", canaries_.Hide("HTTPS_PROXY"), "@")}});
  setenv("HTTPS_PROXY", proxy.c_str(), 1);
}

SecretFleet::~SecretFleet() {
  for (const char* name : kVariables) unsetenv(name);
}

absl::Status SecretFleet::Start(const std::string& store) {
  const absl::StatusOr<Finished> made =
      RunToEnd({.program = BinaryFolder() / "weirctl",
                .arguments = {"certs", "init", "--dir", secrets_ / "certs"}},
               secrets_ / "certs.log", absl::Seconds(30));
  if (!made.ok()) return made.status();
  for (const char* name : {"controlplane.key", "node.key"}) {
    canaries_.Hide(name, ContentOf(Certificate(name)));
  }
  fleet_ = std::make_unique<Fleet>(Options(store));
  const absl::Status started = fleet_->Start();
  if (!started.ok()) return started;
  canaries_.Hide("client key, generated", fleet_->key());
  const Finished applied = Apply("all.yaml", Resources());
  if (applied.exit_code != 0) return absl::InternalError(applied.output);
  const bool is_known = Eventually([this] {
    const auto answer = PostJson(fleet_->Api(), "/v1/chat/completions",
                                 client_key_, ChatBody("gpt-4.1"));
    return answer.ok() && answer->status == 200;
  });
  return is_known ? absl::OkStatus()
                  : absl::UnavailableError("the key is not known");
}

FleetOptions SecretFleet::Options(const std::string& store) const {
  return {.nodes = 1,
          .providers = 3,
          .health_check = "{kind: chat, interval: 1s, timeout: 1s}",
          .control_plane_flags = {"--tls-cert", Certificate("controlplane.crt"),
                                  "--tls-key", Certificate("controlplane.key"),
                                  "--tls-client-ca", Certificate("ca.crt"),
                                  "--token-file", token_file_, "--log-level",
                                  "debug"},
          .store = store,
          .credentials = {primary_, backup_},
          .dialects = {"openai", "anthropic", "gemini"},
          .model_fields = "max_output_tokens: 1000",
          .node_flags = {"--control-plane-ca", Certificate("ca.crt"),
                         "--control-plane-cert", Certificate("node.crt"),
                         "--control-plane-key", Certificate("node.key"),
                         "--otlp-endpoint", spans_.address(), "--log-level",
                         "debug"},
          .ctl_flags = {"--tls-ca", Certificate("ca.crt")}};
}

std::string SecretFleet::Resources() {
  const std::string models =
      "models:\n"
      "  - {name: by-env, targets: [{provider: by-env}]}\n"
      "  - {name: by-proxy, targets: [{provider: by-proxy}]}\n"
      "  - {name: by-env-proxy, targets: [{provider: by-env-proxy}]}\n";
  return absl::StrCat(
      absl::StrReplaceAll(
          fleet_->ResourcesYaml(),
          {{"providers:\n", MoreProviders()}, {"models:\n", models}}),
      Webhooks(), "client_keys:\n",
      "  - {name: by-hand, secret_sha256: ", HexSha256(client_key_),
      ", providers: ['*']}\n",
      "  - {name: everything, secret_sha256: ", HexSha256(fleet_->key()),
      "}\n");
}

std::string SecretFleet::MoreProviders() {
  const std::string from_env = "credentials: [{env: CANARY_PROVIDER}]";
  const std::string away =
      "base_url: \"https://provider.invalid/v1\", health_check: {interval: "
      "500ms}";
  return absl::StrCat("providers:\n", "  - {name: by-env, base_url: \"http://",
                      fleet_->provider(0).address("on"), "/v1\", ", from_env,
                      "}\n", "  - {name: by-proxy, ", away, ", ", from_env,
                      ", forward_proxy: {url: \"", receiver_.url(),
                      "\", credentials: {file: ", KeepCanary("proxy password"),
                      "}}}\n", "  - {name: by-env-proxy, ", away, ", ",
                      from_env, "}\n");
}

std::string SecretFleet::Webhooks() {
  const std::string away = Keep(
      "away",
      absl::StrCat("http://127.0.0.1:1/", canaries_.Hide("webhook URL, file")));
  return absl::StrCat(
      "webhooks:\n",
      "  - {name: json, url_from: {env: CANARY_HOOK}, token: {file: ",
      KeepCanary("webhook token"), "}}\n",
      "  - {name: away, format: slack, url_from: {file: ", away, "}}\n",
      "  - {name: pager, format: pagerduty, url: \"", receiver_.url(),
      "/pager\", routing_key: {file: ", KeepCanary("routing key"), "}}\n");
}

Finished SecretFleet::Apply(const std::string& name, const std::string& yaml) {
  const absl::StatusOr<Finished> run =
      fleet_->Ctl({"apply", "-f", fleet_->WriteFile(name, yaml)});
  return run.ok() ? *run : Finished{-1, std::string(run.status().message())};
}

std::string SecretFleet::Certificate(const std::string& file) const {
  return secrets_ / absl::StrCat("certs/", file);
}

std::string SecretFleet::Keep(const std::string& name,
                              const std::string& text) const {
  std::ofstream(secrets_ / name) << text;
  return secrets_ / name;
}

std::string SecretFleet::KeepCanary(const std::string& name) {
  return Keep(name, canaries_.Hide(name));
}

}  // namespace weir::testing
