// Until nodes run what is registered.
#ifndef WEIR_CLI_AWAIT_NODES_H_
#define WEIR_CLI_AWAIT_NODES_H_

#include "absl/status/status.h"
#include "cli/session.h"

namespace weir::cli {

// Waits until every connected node has acknowledged the client keys and modes
// as they are registered now, or as somebody changed them meanwhile, and says
// how many have. What else was changed comes in waves, and is not waited for.
// DEADLINE_EXCEEDED after about 10 s with the names of those that have not.
absl::Status AwaitNodes(Session& session);

}  // namespace weir::cli

#endif  // WEIR_CLI_AWAIT_NODES_H_
