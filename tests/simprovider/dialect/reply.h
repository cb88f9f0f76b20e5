// What a simulated model replies, before a dialect puts it into its shapes.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_REPLY_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_REPLY_H_

#include <string>
#include <vector>

#include "tests/simprovider/dialect/ask.h"
#include "tests/simprovider/dialect/dialect.h"
#include "tests/simprovider/dialect/speech.h"
#include "tests/simprovider/dialect/wording.h"

namespace weir::simprovider {

struct ToolCall {
  std::string name;
  // A JSON object, as text; of a tool that takes a text, that.
  std::string arguments;
  Tool::Input input = Tool::Input::kJson;
  std::string name_space = {};
};

struct Reply {
  enum class End {
    kDone,
    kLimit,  // The request's own limit made it shorter.
    kStop,   // So did a stop sequence.
    kCalls,
  };

  // Empty where the request wants no thinking.
  Speech thought;
  // Empty where tools are called.
  Speech text;
  std::vector<ToolCall> calls;
  End end = End::kDone;
  std::string stopped_by;

  // A quarter of the body's bytes, and a fixed number for each attachment
  // instead of its bytes: rough, but the same for the same request.
  int prompt_tokens = 0;
  int attachment_tokens = 0;  // Part of the prompt's.
  int cached_tokens = 0;      // Part of the prompt's.
  int output_tokens = 0;      // Thoughts included.

  int thought_tokens() const { return static_cast<int>(thought.size()); }
};

// Tokens that an image or document counts for.
inline constexpr int kAttachmentTokens = 85;

// The length of the request that `ask` was read from.
int PromptTokens(const Ask& ask);

// `wording` outlives the reply.
Reply ReplyTo(const Ask& ask, const Circumstances& circumstances,
              Wording& wording);

// `text` in pieces of a few bytes, as a model hands out JSON. No character is
// cut; there is at least one piece.
std::vector<std::string> PiecesOf(std::string_view text);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_REPLY_H_
