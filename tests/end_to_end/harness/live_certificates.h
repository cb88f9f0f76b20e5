// Certificates of a whole weir, as `weirctl certs init` makes them.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_LIVE_CERTIFICATES_H_
#define WEIR_TESTS_END_TO_END_HARNESS_LIVE_CERTIFICATES_H_

#include <string>
#include <vector>

#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/temporary_folder.h"

namespace weir::testing {

// In a folder that ends with this; the set `live` is in use.
class LiveCertificates {
 public:
  LiveCertificates() { Make("live"); }

  // Another set, of an authority of its own. A failure of the test where
  // weirctl does not make it.
  void Make(const std::string& set) const;
  // The path of a file.
  std::string In(const std::string& set, const std::string& file) const {
    return folder_ / (set + "/" + file);
  }
  std::string Live(const std::string& file) const { return In("live", file); }

  // Renames every file of `fresh` over the one that is in use.
  void Rotate(const std::string& fresh) const;

  // With a role's certificate.
  std::vector<std::string> CtlFlags(const std::string& role) const;
  // Two nodes and two providers, with certificates at both ends.
  FleetOptions Options() const;

 private:
  const TemporaryFolder folder_;
};

// weirctl with other flags than the fleet's, at one control plane.
Finished CtlAs(Fleet& fleet, std::vector<std::string> flags,
               const std::vector<std::string>& words, int control_plane = 0);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_LIVE_CERTIFICATES_H_
