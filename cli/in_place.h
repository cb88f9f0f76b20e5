// A screen that is drawn again and again.
#ifndef WEIR_CLI_IN_PLACE_H_
#define WEIR_CLI_IN_PLACE_H_

#include <string>

#include "absl/status/status.h"
#include "cli/session.h"

namespace weir::cli {

// Clears the screen, where a table is watched on a terminal.
void BeginWatch(Session& session);

// Shows `text` in place of what was there, or, where stdout is no terminal,
// behind it with an empty line between. CANCELLED: nobody reads it any more.
absl::Status ShowInPlace(Session& session, const std::string& text);

}  // namespace weir::cli

#endif  // WEIR_CLI_IN_PLACE_H_
