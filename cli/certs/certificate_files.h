// The certificates of a weir for development, in a folder.
#ifndef WEIR_CLI_CERTS_CERTIFICATE_FILES_H_
#define WEIR_CLI_CERTS_CERTIFICATE_FILES_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace weir::cli {

struct CertificateFilesOptions {
  std::filesystem::path folder;
  // Names and addresses that planes are reached at, besides `localhost` and the
  // loopback addresses.
  std::vector<std::string> hosts = {};
  // Of all but the authority, which is believed for ten times as long.
  absl::Duration valid_for;
  absl::Time now;
};

// Makes an authority (`ca`) and what it signs: `controlplane` and `dataplane`
// for their ports, `node`, `viewer`, `operator` and `admin` to show the control
// plane; NAME.crt and NAME.key, which only their owner may read. Returns the
// names of the files.
//
// ALREADY_EXISTS with the first file that is there: nothing is written then,
// for it may be in use. FAILED_PRECONDITION: the folder can't be written to.
absl::StatusOr<std::vector<std::string>> MakeCertificateFiles(
    const CertificateFilesOptions& options);

}  // namespace weir::cli

#endif  // WEIR_CLI_CERTS_CERTIFICATE_FILES_H_
