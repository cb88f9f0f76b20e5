// What Anthropic refuses in the messages of a request: turns, blocks, and how
// calls and their results must stand to each other.
#ifndef WEIR_TESTS_SIMPROVIDER_ANTHROPIC_CHECK_MESSAGES_H_
#define WEIR_TESTS_SIMPROVIDER_ANTHROPIC_CHECK_MESSAGES_H_

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace weir::simprovider {

// As FaultOf().
std::optional<std::string> MessagesFault(simdjson::dom::element request);

// Letters, digits, `_` and `-`; nothing else, and not nothing.
bool IsIdentifier(std::string_view text);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_ANTHROPIC_CHECK_MESSAGES_H_
