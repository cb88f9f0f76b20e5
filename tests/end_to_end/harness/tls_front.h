// TLS in front of a simulated provider, which speaks plain HTTP.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_TLS_FRONT_H_
#define WEIR_TESTS_END_TO_END_HARNESS_TLS_FRONT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "tests/common/net/test_authority.h"
#include "tests/end_to_end/harness/inherited_listener.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/temporary_folder.h"

namespace weir::testing {

// Debian's HAProxy on a port that stays its own while HAProxy comes and goes.
class TlsFront {
 public:
  TlsFront();

  // What clients must trust: the certificate of the authority that issued all
  // certificates but a stranger's.
  std::string ca_file() const { return folder_ / "front-ca.pem"; }
  // https://localhost:port
  std::string url() const { return "https://localhost:" + listener_.port(); }

  // What it shows and speaks.
  struct Manners {
    ServerIdentity identity = {.alternative_names = "DNS:localhost"};
    // Issued by an authority that nobody knows.
    bool by_a_stranger = false;
    // More words for HAProxy's `bind` line.
    std::string bind_options = {};
  };
  // Serves `backend` (host:port) from now on, instead of before.
  absl::Status Serve(const std::string& backend, const Manners& manners);

  void Signal(int signal) { process_->Signal(signal); }
  // SIGKILL: its connections end without a close_notify, and what comes then
  // is neither taken nor refused.
  void Kill() { process_.reset(); }

 private:
  const TemporaryFolder folder_;
  const InheritedListener listener_;
  const TestAuthority authority_;
  std::unique_ptr<Process> process_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_TLS_FRONT_H_
