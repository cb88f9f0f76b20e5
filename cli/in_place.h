// A screen that is drawn again and again.
#ifndef WEIR_CLI_IN_PLACE_H_
#define WEIR_CLI_IN_PLACE_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "cli/session.h"
#include "google/protobuf/message.h"

namespace weir::cli {

// Clears the screen, where a table is watched on a terminal.
void BeginWatch(Session& session);

// Shows the next of what is watched: as a table, which `text` writes for a
// screen of so many columns (nullopt: as wide as it gets), in place of the last
// one, or, where stdout is no terminal, behind it with an empty line between;
// in other formats `response` as it is. CANCELLED: nobody reads it any more.
absl::Status ShowNext(
    Session& session, const google::protobuf::Message& response,
    const std::function<std::string(std::optional<int> columns)>& text);

}  // namespace weir::cli

#endif  // WEIR_CLI_IN_PLACE_H_
