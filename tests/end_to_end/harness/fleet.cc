#include "tests/end_to_end/harness/fleet.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/metrics_page.h"

namespace weir::testing {
namespace {

// A list that is a member of an object; empty where there is none.
boost::json::array List(const boost::json::value& object,
                        const std::string& member) {
  boost::json::error_code error;
  const boost::json::value* const list =
      object.find_pointer("/" + member, error);
  return list != nullptr && list->is_array() ? list->get_array()
                                             : boost::json::array();
}

bool Answers200(const std::string& address, const std::string& target) {
  const absl::StatusOr<HttpAnswer> answer = Get(address, target);
  return answer.ok() && answer->status == 200;
}

// One more member of a flow mapping, if there is one.
std::string Field(const std::string& field) {
  return field.empty() ? "" : absl::StrCat(", ", field);
}

}  // namespace

Fleet::Fleet(FleetOptions options) : options_(std::move(options)) {
  for (int index = 0; index < options_.control_planes; ++index) {
    control_planes_.emplace_back(ControlPlaneSpec(index), folder());
  }
}

ServerSpec Fleet::ControlPlaneSpec(int index) const {
  std::vector<std::string> flags = options_.control_plane_flags;
  flags.insert(flags.end(),
               {"--store",
                options_.store.empty()
                    ? absl::StrCat("sqlite://", (folder() / "weir.db").string())
                    : options_.store});
  return {.name = index == 0 ? "controlplane"
                             : absl::StrCat("controlplane-", index + 1),
          .binary = options_.control_plane_binary,
          .flags = std::move(flags),
          .listens = {{"--grpc-listen", "grpc"}, {"--http-listen", "http"}}};
}

std::string Fleet::ControlPlaneAddresses(const std::string& word) {
  std::vector<std::string> addresses;
  for (const Server& control_plane : control_planes_) {
    addresses.push_back(control_plane.address(word));
  }
  return absl::StrJoin(addresses, ",");
}

absl::Status Fleet::Start() {
  for (int index = 1; index <= options_.providers; ++index) {
    const std::string name = absl::StrCat("p", index);
    const std::size_t place = Index(index - 1);
    std::vector<std::string> flags = options_.provider_flags;
    if (place < options_.own_provider_flags.size()) {
      const auto& own = options_.own_provider_flags[place];
      flags.insert(flags.end(), own.begin(), own.end());
    }
    flags.insert(flags.end(), {"--name", name, "--dialect", DialectOf(place)});
    providers_.emplace_back(ServerSpec{.name = name,
                                       .binary = "weir-simprovider",
                                       .flags = std::move(flags),
                                       .listens = {{"--listen", "on"}}},
                            folder());
    absl::Status status = providers_.back().Start();
    if (!status.ok()) return status;
  }
  absl::Status status = StartControlPlane();
  return status.ok() ? StartNodes() : status;
}

absl::Status Fleet::StartControlPlane() {
  for (Server& control_plane : control_planes_) {
    absl::Status status = control_plane.Start();
    if (!status.ok()) return status;
  }
  const auto leads = [](Server& control_plane) {
    return Answers200(control_plane.address("http"), "/readyz");
  };
  if (!Eventually(
          [&] { return std::ranges::any_of(control_planes_, leads); })) {
    return absl::UnavailableError("no control plane leads:\n" + Logs());
  }
  const absl::StatusOr<Finished> applied =
      Ctl({"apply", "-f", WriteFile("fleet.yaml", ResourcesYaml())});
  if (!applied.ok()) return applied.status();
  if (applied->exit_code != 0) return absl::InternalError(applied->output);
  const absl::StatusOr<boost::json::value> created =
      CtlJson({"key", "create", "everything"});
  if (!created.ok()) return created.status();
  key_ = At(*created, "/secret");
  return key_.empty() ? absl::InternalError("weirctl key create: no secret")
                      : absl::OkStatus();
}

ServerSpec Fleet::NodeSpec(int index) {
  const std::string name = absl::StrCat("node-", index);
  std::vector<std::string> flags = options_.node_flags;
  flags.insert(flags.end(),
               {"--control-plane", ControlPlaneAddresses("grpc"), "--node-id",
                name, "--region", "local", "--workers", "1", "--snapshot-cache",
                folder_ / absl::StrCat(name, ".snapshot"), "--usage-spool",
                folder_ / absl::StrCat(name, ".usage"), "--access-log",
                folder_ / absl::StrCat(name, ".access")});
  return {.name = name,
          .binary = Index(index - 1) < options_.node_binaries.size()
                        ? options_.node_binaries[Index(index - 1)]
                        : "weir-dataplane",
          .flags = std::move(flags),
          .listens = {{"--listen", "http"}, {"--ops-listen", "ops"}}};
}

absl::Status Fleet::StartNodes() {
  for (int index = 1; index <= options_.nodes; ++index) {
    nodes_.emplace_back(NodeSpec(index), folder());
    absl::Status status = nodes_.back().Start();
    if (!status.ok()) return status;
  }
  for (int index = 0; index < nodes(); ++index) {
    const auto serves_key = [&] {
      const absl::StatusOr<HttpAnswer> answer =
          Send(Api(index),
               {.method = "GET",
                .target = "/v1/models",
                .headers = {{"Authorization", absl::StrCat("Bearer ", key_)}}});
      return answer.ok() && answer->status == 200;
    };
    if (!Eventually([&] { return Answers200(Api(index), "/health/full"); }) ||
        !Eventually(serves_key)) {
      return absl::UnavailableError(absl::StrCat(
          node(index).name(), " is not ready:\n", node(index).LastLines()));
    }
  }
  return absl::OkStatus();
}

const std::string& Fleet::Api(int index) { return node(index).address("http"); }

const std::string& Fleet::Ops(int index) { return node(index).address("ops"); }

absl::StatusOr<Finished> Fleet::Ctl(std::vector<std::string> arguments) {
  return CtlAt(ControlPlaneAddresses("grpc"), std::move(arguments));
}

absl::StatusOr<Finished> Fleet::CtlAt(const std::string& server,
                                      std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), options_.ctl_flags.begin(),
                   options_.ctl_flags.end());
  arguments.insert(arguments.begin(), {"--server", server});
  return RunToEnd({.program = BinaryFolder() / "weirctl",
                   .arguments = std::move(arguments),
                   .directory = folder()},
                  folder_ / "weirctl.log", absl::Seconds(30));
}

absl::StatusOr<boost::json::value> Fleet::CtlJson(
    std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"-o", "json"});
  absl::StatusOr<Finished> finished = Ctl(std::move(arguments));
  if (!finished.ok()) return finished.status();
  boost::json::error_code error;
  boost::json::value json = boost::json::parse(finished->output, error);
  if (finished->exit_code == 0 && !error) return json;
  return absl::InternalError(
      absl::StrCat("exit code ", finished->exit_code, ": ", finished->output));
}

std::string Fleet::WriteFile(const std::string& name,
                             const std::string& text) const {
  const std::filesystem::path path = folder_ / name;
  std::ofstream(path) << text;
  return path;
}

std::string Fleet::CredentialsYaml() const {
  std::vector<std::string> references;
  for (const std::string& secret : options_.credentials) {
    const std::string file =
        WriteFile(absl::StrCat("credential.", references.size()), secret);
    references.push_back(absl::StrCat("{file: ", file, "}"));
  }
  return absl::StrCat("[", absl::StrJoin(references, ", "), "]");
}

std::string Fleet::DialectOf(std::size_t index) const {
  return index < options_.dialects.size() ? options_.dialects[index] : "openai";
}

std::string Fleet::BaseUrl(std::size_t index) const {
  const std::string& address = providers_[index].address("on");
  if (index < options_.base_urls.size() && !options_.base_urls[index].empty()) {
    return absl::StrReplaceAll(
        options_.base_urls[index],
        {{"$PORT", address.substr(address.rfind(':') + 1)}});
  }
  // It has the API's version in it.
  const char* const version = DialectOf(index) == "gemini" ? "/v1beta" : "/v1";
  return absl::StrCat("http://", address, version);
}

std::string Fleet::ProviderYaml(std::size_t index) const {
  const Server& provider = providers_[index];
  const std::string region =
      index < options_.regions.size() ? options_.regions[index] : "local";
  const std::string own =
      index < options_.own_fields.size() ? options_.own_fields[index] : "";
  return absl::StrCat("  - {name: ", provider.name(),
                      ", dialect: ", DialectOf(index), ", base_url: \"",
                      BaseUrl(index), "\", region: ", region,
                      ",\n     credentials: ", CredentialsYaml(),
                      ",\n     health_check: ", options_.health_check,
                      ",\n     timeouts: ", options_.timeouts,
                      Field(options_.provider_fields), Field(own), "}\n");
}

std::string Fleet::ResourcesYaml() const {
  std::string providers;
  std::string models;
  std::vector<std::string> targets;
  for (std::size_t i = 0; i < providers_.size(); ++i) {
    const std::string& name = providers_[i].name();
    absl::StrAppend(&providers, ProviderYaml(i));
    absl::StrAppend(&models, "  - {name: only-", name,
                    ", targets: [{provider: ", name, "}]}\n");
    targets.push_back(absl::StrCat("{provider: ", name, "}"));
  }
  const std::string all = absl::StrJoin(targets, ", ");
  return absl::StrCat("providers:\n", providers, options_.more_providers,
                      "models:\n",
                      "  - {name: gpt-4.1, aliases: [gpt-4], targets: [", all,
                      "]", Field(options_.model_fields), "}\n",
                      "  - {name: text-embedding-3-small, targets: [", all,
                      "]}\n", models, options_.more_models);
}

absl::Status Fleet::Control(int index, const std::string& json) {
  const absl::StatusOr<HttpAnswer> answer =
      PostJson(provider(index).address("on"), "/__control", "", json);
  if (!answer.ok()) return answer.status();
  return answer->status == 200 ? absl::OkStatus()
                               : absl::InternalError(answer->body);
}

boost::json::value Fleet::Stats(int index) {
  const absl::StatusOr<HttpAnswer> answer =
      Get(provider(index).address("on"), "/__stats");
  return answer.ok() ? answer->Json() : boost::json::value();
}

double Fleet::WeightAt(const std::string& ops_address, const std::string& model,
                       const std::string& provider) {
  const absl::StatusOr<HttpAnswer> answer =
      Get(ops_address, "/routing-weights");
  if (!answer.ok()) return -1;
  for (const boost::json::value& entry : List(answer->Json(), "models")) {
    if (At(entry, "/model") != model) continue;
    for (const boost::json::value& target : List(entry, "targets")) {
      if (At(target, "/provider") == provider) {
        return std::stod(At(target, "/weight"));
      }
    }
  }
  return -1;
}

double Fleet::SumMetric(const std::string& name, const std::string& label) {
  double sum = 0;
  for (int index = 0; index < nodes(); ++index) {
    const absl::StatusOr<HttpAnswer> page = Get(Ops(index), "/metrics");
    if (page.ok()) sum += SumOnPage(page->body, name, label);
  }
  return sum;
}

double Fleet::ControlPlaneMetric(int index, const std::string& name,
                                 const std::string& label) {
  const absl::StatusOr<HttpAnswer> page =
      Get(control_plane(index).address("http"), "/metrics");
  return page.ok() ? SumOnPage(page->body, name, label) : 0;
}

std::string Fleet::Logs() const {
  std::string text;
  for (const Server& server : nodes_) {
    absl::StrAppend(&text, "--- ", server.name(), "\n", server.LastLines());
  }
  for (const Server& server : control_planes_) {
    absl::StrAppend(&text, "--- ", server.name(), "\n", server.LastLines());
  }
  return text;
}

std::string ChatBody(const std::string& model, Answering answering) {
  return absl::StrCat(
      R"({"model":")", model,
      R"(","messages":[{"role":"user","content":"Hello"}])",
      answering == Answering::kStream ? R"(,"stream":true})" : "}");
}

}  // namespace weir::testing
