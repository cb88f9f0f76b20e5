// A whole weir on this machine: control plane, nodes, simulated providers.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_FLEET_H_
#define WEIR_TESTS_END_TO_END_HARNESS_FLEET_H_

#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/server.h"
#include "tests/end_to_end/harness/temporary_folder.h"

namespace weir::testing {

struct FleetOptions {
  int nodes = 1;
  int providers = 3;
  // As in a resource file, of each provider. Quick, so that tests are.
  std::string health_check =
      "{kind: chat, interval: 200ms, timeout: 1s, unhealthy_after: 2, "
      "healthy_after: 2}";
  std::string timeouts = "{connect: 1s, fast: 5s, normal: 5s, complex: 5s}";
  std::vector<std::string> control_plane_flags = {};
  // More than one share `store`.
  int control_planes = 1;
  // As in ServerSpec; of each node in turn, those beyond are this tree's.
  std::string control_plane_binary = "weir-controlplane";
  std::vector<std::string> node_binaries = {};
  // As in --store; empty: an SQLite file.
  std::string store = {};
  // Secrets that providers are called with, the first is primary. None: no
  // credential is sent.
  std::vector<std::string> credentials = {};
  // Of each provider in turn; those beyond are in `local`, as the nodes are.
  std::vector<std::string> regions = {};
  // Of each provider in turn; those beyond speak `openai`.
  std::vector<std::string> dialects = {};
  // base_url of each provider in turn, for those that are reached another way
  // than at the simulator's own address; empty for the others. $PORT is the
  // simulator's port.
  std::vector<std::string> base_urls = {};
  // What else stands in each provider's resource: `breaker: {...}`.
  std::string provider_fields = {};
  // The same of each provider in turn.
  std::vector<std::string> own_fields = {};
  // The same for model gpt-4.1.
  std::string model_fields = {};
  // More providers and models, as in a resource file, a line each.
  std::string more_providers = {};
  std::string more_models = {};
  std::vector<std::string> node_flags = {"--drain-delay", "1s",
                                         "--drain-timeout", "20s"};
  std::vector<std::string> provider_flags = {"--latency", "5ms"};
  // More of them, of each provider in turn.
  std::vector<std::vector<std::string>> own_provider_flags = {};
  // Of each run of weirctl: how it reaches the control plane.
  std::vector<std::string> ctl_flags = {};
};

// Providers are p1, p2 ...; model gpt-4.1 (alias gpt-4) is at all of them,
// only-p1, only-p2 ... at one each, text-embedding-3-small at all.
//
// Everything runs in a folder of its own below the system's temporary one and
// ends with this.
class Fleet {
 public:
  explicit Fleet(FleetOptions options = {});

  // Starts everything, applies the resources, makes a key for every model, and
  // waits until each node serves it.
  absl::Status Start();

  Server& control_plane(int index = 0) {
    return control_planes_.at(Index(index));
  }
  int control_planes() const {
    return static_cast<int>(control_planes_.size());
  }
  // host:port of all of them at the listener that they call `word`, with commas
  // between.
  std::string ControlPlaneAddresses(const std::string& word);
  // From 0.
  Server& provider(int index) { return providers_.at(Index(index)); }
  Server& node(int index) { return nodes_.at(Index(index)); }
  int nodes() const { return static_cast<int>(nodes_.size()); }
  int providers() const { return static_cast<int>(providers_.size()); }

  // host:port of a node's client API, and of its metrics.
  const std::string& Api(int index = 0);
  const std::string& Ops(int index = 0);

  // The secret of the key for every model.
  const std::string& key() const { return key_; }
  const std::filesystem::path& folder() const { return folder_.path(); }

  // Runs weirctl to its end.
  absl::StatusOr<Finished> Ctl(std::vector<std::string> arguments);
  // At one address instead of all control planes'.
  absl::StatusOr<Finished> CtlAt(const std::string& server,
                                 std::vector<std::string> arguments);
  // The same with -o json; the parsed output.
  absl::StatusOr<boost::json::value> CtlJson(
      std::vector<std::string> arguments);
  // Writes `text` to a file in folder(); its path.
  std::string WriteFile(const std::string& name, const std::string& text) const;

  // The resources as they were applied.
  std::string ResourcesYaml() const;

  // POST /__control of provider(index).
  absl::Status Control(int index, const std::string& json);
  // GET /__stats of provider(index).
  boost::json::value Stats(int index);

  // A provider's weight for `model` at a node, or as the control plane tells
  // it; negative when it does not answer or knows no such target.
  double WeightAt(const std::string& ops_address, const std::string& model,
                  const std::string& provider);

  // The sum of a metric over all nodes and over its series with `label`
  // (name="value"); all of them where that is empty.
  double SumMetric(const std::string& name, const std::string& label = "");
  // The same of one control plane; 0 where it does not answer.
  double ControlPlaneMetric(int index, const std::string& name,
                            const std::string& label = "");

  // The last lines of every log: what to print when a test fails.
  std::string Logs() const;

 private:
  static std::size_t Index(int index) {
    return static_cast<std::size_t>(index);
  }
  std::string DialectOf(std::size_t index) const;
  std::string BaseUrl(std::size_t index) const;
  std::string ProviderYaml(std::size_t index) const;
  std::string CredentialsYaml() const;
  ServerSpec ControlPlaneSpec(int index) const;
  ServerSpec NodeSpec(int index);
  absl::Status StartControlPlane();
  absl::Status StartNodes();

  const FleetOptions options_;
  const TemporaryFolder folder_;
  std::deque<Server> control_planes_;
  // Servers stay where they are.
  std::deque<Server> providers_;
  std::deque<Server> nodes_;
  std::string key_;
};

// A chat request's body.
enum class Answering { kWhole, kStream };
std::string ChatBody(const std::string& model,
                     Answering answering = Answering::kWhole);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_FLEET_H_
