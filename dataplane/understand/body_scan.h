// What weir needs to know of a JSON body, and where it stands in the bytes.
#ifndef WEIR_DATAPLANE_UNDERSTAND_BODY_SCAN_H_
#define WEIR_DATAPLANE_UNDERSTAND_BODY_SCAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/request.h"
#include "dataplane/understand/json_structure.h"

namespace weir::dataplane {

// What of a body belongs to the same conversation, as it stands there, quotes
// and escapes included. Empty where there is none, or nobody asked.
struct ConversationMarks {
  // `prompt_cache_key`.
  std::string_view cache_key;
  std::string_view user;
  // What later requests of the conversation begin with too: `messages`,
  // `input` or `contents` up to the end of the first message of the user, or
  // `prompt`.
  std::string_view prefix;
};

struct BodyScan {
  // Absent when there is no such field.
  std::optional<std::string> model;
  ModelSpan model_span;
  bool stream = false;
  // The client says itself what it wants of a stream.
  bool has_stream_options = false;
  // The largest of max_tokens, max_completion_tokens, max_output_tokens and
  // generationConfig.maxOutputTokens.
  std::optional<std::uint64_t> max_tokens;
  bool has_tools = false;
  bool has_reasoning = false;
  // Images, audio or files among the messages.
  bool has_media = false;
  ConversationMarks conversation;
};

// Reads a body once, without a copy and without a tree.
//
// All of it is checked: UTF-8, grammar down to escapes and numbers, nesting of
// at most kMaxDepth, so that no provider sees what we understood otherwise.
// `model` and `stream` must stand at most once in the outermost object.
//
// Keeps its working memory from body to body. Not thread-safe.
class BodyScanner {
 public:
  static constexpr int kMaxDepth = 64;

  // Whether the body's ConversationMarks are wanted.
  enum class Conversation { kNoMatter, kFind };

  // The scan's views are good for as long as `body` is.
  Outcome<BodyScan> Scan(std::string_view body,
                         Conversation conversation = Conversation::kNoMatter);

 private:
  JsonStructure structure_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_BODY_SCAN_H_
