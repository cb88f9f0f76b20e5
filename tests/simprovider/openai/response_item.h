// The items that the answer of the Responses API consists of.
#ifndef WEIR_TESTS_SIMPROVIDER_OPENAI_RESPONSE_ITEM_H_
#define WEIR_TESTS_SIMPROVIDER_OPENAI_RESPONSE_ITEM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simprovider/dialect/speech.h"
#include "tests/simprovider/openai/answers.h"

namespace weir::simprovider {

struct ResponseItem {
  enum class Kind { kReasoning, kMessage, kCall, kCustomCall };
  Kind kind;
  std::string id;
  // JSON, as it stands when it begins and when it is done.
  std::string in_progress;
  std::string completed;
  Speech text;            // But for calls.
  std::string arguments;  // Of calls; or their input.
  // Of a message's log probabilities; absent where none are wanted.
  std::optional<std::int64_t> alternatives = {};
};

std::vector<ResponseItem> ResponseItems(const OpenAiReply& reply);

// The one part of `item` with the first so many of its tokens. REQUIRES: the
// item is no call.
std::string PartOf(const ResponseItem& item, std::size_t tokens);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_OPENAI_RESPONSE_ITEM_H_
