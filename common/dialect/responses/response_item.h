// What the answer of the Responses API consists of.
#ifndef WEIR_COMMON_DIALECT_RESPONSES_RESPONSE_ITEM_H_
#define WEIR_COMMON_DIALECT_RESPONSES_RESPONSE_ITEM_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/dialect/json_writer.h"

namespace weir::dialect {

// Of an item, or of a whole response.
enum class ResponseStatus { kInProgress, kCompleted, kIncomplete, kFailed };
std::string_view NameOf(ResponseStatus status);

struct ResponsePart {
  enum class Kind { kText, kRefusal, kThought };
  Kind kind;
  std::string text = {};
  // A text's, as JSON.
  std::string logprobs = "[]";
};

struct ResponseItem {
  enum class Kind { kMessage, kReasoning, kCall, kCustomCall };
  Kind kind;
  std::string id = {};
  ResponseStatus status = ResponseStatus::kInProgress;
  // Of a message, or of a thought's summary.
  std::vector<ResponsePart> parts = {};
  // `encrypted_content` of a thought; empty for none.
  std::string sealed = {};
  // Of a call.
  std::string call_id = {};
  std::string name = {};
  std::string name_space = {};
  // JSON.
  std::string arguments = {};
  // In the place of arguments, of a tool that takes a text.
  std::string input = {};
};

// What ids of such items begin with: `msg_`.
std::string_view IdPrefix(ResponseItem::Kind kind);

// A call's arguments, which are an object even where nothing was said.
std::string_view ArgumentsOf(const ResponseItem& call);

void WritePart(const ResponsePart& part, JsonWriter& json);

// As it stands by now.
void WriteItem(const ResponseItem& item, JsonWriter& json);

// As it stands when it begins: without what its events bring.
void WriteItemBegun(const ResponseItem& item, JsonWriter& json);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RESPONSES_RESPONSE_ITEM_H_
