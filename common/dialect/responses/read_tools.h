// `tools` of a request of the Responses API, and how calls of those come back.
#ifndef WEIR_COMMON_DIALECT_RESPONSES_READ_TOOLS_H_
#define WEIR_COMMON_DIALECT_RESPONSES_READ_TOOLS_H_

#include <string_view>

#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect {

// Functions as they are. A custom tool, which takes a text, becomes a function
// of one string; the tools of a namespace become functions by the names of
// both. What OpenAI runs is left out beside those. What is wrong fails the
// field's Reading.
void ReadResponsesTools(const canonical::Field& field,
                        canonical::Request& request);

// What other APIs know the tool `name` of `space` by; kept. REQUIRES: neither
// is empty.
std::string_view NameWithin(std::string_view space, std::string_view name,
                            canonical::Reading& reading);

// The arguments of a call whose tool takes `text`: a JSON object; kept.
std::string_view ArgumentsWith(std::string_view text,
                               canonical::Reading& reading);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RESPONSES_READ_TOOLS_H_
