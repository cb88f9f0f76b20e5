// What OpenAI refuses in the messages of a chat.
#ifndef WEIR_TESTS_SIMPROVIDER_OPENAI_CHECK_H_
#define WEIR_TESTS_SIMPROVIDER_OPENAI_CHECK_H_

#include <simdjson.h>

#include <optional>
#include <string>

namespace weir::simprovider {

// What a 400 says of calls and results that do not fit each other, in OpenAI's
// words; nullopt: nothing is wrong.
std::optional<std::string> ChatFault(simdjson::dom::element request);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_OPENAI_CHECK_H_
