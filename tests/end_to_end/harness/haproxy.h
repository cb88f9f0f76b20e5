// Debian's HAProxy in front of nodes, as an operator would put it there.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_HAPROXY_H_
#define WEIR_TESTS_END_TO_END_HARNESS_HAPROXY_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/end_to_end/harness/process.h"

namespace weir::testing {

class HaProxy {
 public:
  // Balances over `nodes` (host:port), asking each for /health/full twice a
  // second. Writes its files to `folder`; returns when it answers. With
  // `authorities`, a PEM file, it speaks TLS to nodes whose certificates are of
  // those and for localhost.
  static absl::StatusOr<std::unique_ptr<HaProxy>> Start(
      const std::vector<std::string>& nodes,
      const std::filesystem::path& folder, const std::string& authorities = "");

  // host:port for clients.
  const std::string& address() const { return address_; }

  // How many nodes it takes for healthy; -1 when it does not say.
  int HealthyNodes() const;

 private:
  HaProxy() = default;

  std::string address_;
  std::string stats_address_;
  std::unique_ptr<Process> process_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_HAPROXY_H_
