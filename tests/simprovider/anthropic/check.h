// What Anthropic refuses in a request.
#ifndef WEIR_TESTS_SIMPROVIDER_ANTHROPIC_CHECK_H_
#define WEIR_TESTS_SIMPROVIDER_ANTHROPIC_CHECK_H_

#include <simdjson.h>

#include <optional>
#include <string>

namespace weir::simprovider {

enum class Endpoint { kMessages, kCountTokens };

// Fields that nobody knows are the business of a beta header, without which
// they are refused.
enum class Strictness { kKnownFieldsOnly, kUnknownFieldsToo };

// What a 400 says of the first fault found, in Anthropic's words where they
// are known; nullopt: none.
std::optional<std::string> FaultOf(simdjson::dom::element request,
                                   Endpoint endpoint, Strictness strictness);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_ANTHROPIC_CHECK_H_
