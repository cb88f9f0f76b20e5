// How much room text takes on a terminal.
#ifndef WEIR_CLI_DISPLAY_WIDTH_H_
#define WEIR_CLI_DISPLAY_WIDTH_H_

#include <string>
#include <string_view>

namespace weir::cli {

// Columns that `text` takes: two for wide letters of East Asia and emoji, none
// for combining marks. Bytes that are not UTF-8 take one each.
int DisplayWidth(std::string_view text);

// The beginning of `text` that fits, with an ellipsis where something is cut.
// REQUIRES: columns >= 1.
std::string CutToWidth(std::string_view text, int columns);

// `text` with each control character replaced: what servers and providers say
// must not move the cursor. Line breaks become spaces.
std::string Printable(std::string_view text);

}  // namespace weir::cli

#endif  // WEIR_CLI_DISPLAY_WIDTH_H_
