// A network that a test may break.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_PRIVATE_NETWORK_H_
#define WEIR_TESTS_END_TO_END_HARNESS_PRIVATE_NETWORK_H_

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/temporary_folder.h"

namespace weir::testing {

// Moves this process, and what it starts from then on, into a network namespace
// with a loopback device of its own, and into a mount namespace in which
// /etc/resolv.conf names 127.0.0.1. REQUIRES: one thread. PERMISSION_DENIED
// where the process may not.
absl::Status EnterPrivateNetwork(const std::filesystem::path& folder);

// Packets from and to a port of the private network vanish until this ends.
class PacketLoss {
 public:
  explicit PacketLoss(std::string port);
  ~PacketLoss();
  PacketLoss(const PacketLoss&) = delete;
  PacketLoss& operator=(const PacketLoss&) = delete;

  // Whether the packet filter took the rules.
  const absl::Status& status() const { return status_; }

 private:
  absl::Status Filter(const char* action) const;

  const std::string port_;
  absl::Status status_;
};

// The private network's name server: Debian's dnsmasq.
class NameServer {
 public:
  // Knows these names, and no other, from now on: lines of a hosts file.
  absl::Status Serve(const std::string& hosts);
  void Signal(int signal) { process_->Signal(signal); }

 private:
  const TemporaryFolder folder_;
  std::unique_ptr<Process> process_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_PRIVATE_NETWORK_H_
