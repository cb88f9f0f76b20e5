// A file owns the sections that it has and says nothing of the rest.
#ifndef WEIR_CLI_SECTION_FILL_H_
#define WEIR_CLI_SECTION_FILL_H_

#include "absl/status/status.h"
#include "cli/admin_client.h"
#include "common/config/yaml.h"
#include "weir/admin/v1/admin.pb.h"

namespace weir::cli {

// Puts the file's resources into `request`, and the registry's own, as they are
// now, for sections that the file does not have; then the request also holds
// the revision that these are of, so that a change meanwhile ends in ABORTED.
absl::Status FillSections(AdminClient& client, const config::ResourceFile& file,
                          admin::ApplyRequest& request);

}  // namespace weir::cli

#endif  // WEIR_CLI_SECTION_FILL_H_
