// What of a command line can't be meant together; pure.
#ifndef WEIR_DATAPLANE_OPTION_CONTRADICTIONS_H_
#define WEIR_DATAPLANE_OPTION_CONTRADICTIONS_H_

#include <CLI/CLI.hpp>

#include "absl/status/status.h"
#include "dataplane/node_options.h"

namespace weir::dataplane {

// INVALID_ARGUMENT with both flags and what to do. What nobody gave contradicts
// nothing: `app` knows which of `options` were given.
absl::Status CheckOptions(const CLI::App& app, const NodeOptions& options);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_OPTION_CONTRADICTIONS_H_
