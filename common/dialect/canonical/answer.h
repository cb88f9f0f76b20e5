// A model's answer in the form that all dialects share: a sequence of events.
//
// A stream is such a sequence as it comes; a JSON answer is the whole of it at
// once. An answer has one choice.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_ANSWER_H_
#define WEIR_COMMON_DIALECT_CANONICAL_ANSWER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/logprobs.h"
#include "common/dialect/canonical/usage.h"

namespace weir::dialect::canonical {

// First of all events, once.
struct Started {
  // The provider's; may be empty.
  std::string_view id;
};

struct TextDelta {
  // Empty where only `logprobs` came.
  std::string_view text;
  // Of its tokens; null where nobody asked for them, or the provider says them
  // with other text. Good for as long as `text`.
  const Logprobs* logprobs = nullptr;
};
// In place of an answer.
struct RefusalDelta {
  std::string_view text;
};

// What the model thinks aloud.
struct ThinkingDelta {
  std::string_view text;
};
// Ends a thought: with it, the vendor that made it takes the thought back.
// Opaque, and never changed.
struct ThinkingSignature {
  std::string_view signature;
};
// A thought that the vendor shows nobody.
struct RedactedThinking {
  std::string_view data;
};

// Calls are numbered from 0 in the order in which they begin. Arguments of
// several calls may come by turns, except in Anthropic's and Gemini's dialects.
struct ToolCallBegun {
  std::uint32_t call;
  // Empty where the provider's dialect has none.
  std::string_view id;
  std::string_view name;
  // Gemini's, which wants it back with the call; opaque.
  std::string_view thought_signature = {};
};
struct ToolArguments {
  std::uint32_t call;
  // A part of a JSON text; of an object, when all parts are there.
  std::string_view json;
};
// Not every dialect says it: what has not ended by Ended does so then.
struct ToolCallEnded {
  std::uint32_t call;
};

enum class FinishReason {
  kStop,
  kStopSequence,
  kLength,
  kToolCalls,
  kFiltered,  // By the vendor's rules, or the model's refusal.
  kPaused,    // The model would go on if it was sent its answer.
};

// Why the model ended. Text may still follow.
struct Finished {
  FinishReason reason;
  // As the provider said it; what is unknown is a kStop.
  std::string_view native;
  // The one that was met, where the provider tells.
  std::string_view stop_sequence = {};
};

// What it took, as far as it is known by now. The last one holds.
struct Counted {
  Usage usage;
};

// Nothing follows; the answer is whole.
struct Ended {};

// The provider says that it failed. Nothing follows.
struct Failed {
  std::string_view type;
  std::string_view message;
};

// Nothing yet, but the provider is there.
struct StillAlive {};

using AnswerEvent =
    std::variant<Started, TextDelta, RefusalDelta, ThinkingDelta,
                 ThinkingSignature, RedactedThinking, ToolCallBegun,
                 ToolArguments, ToolCallEnded, Finished, Counted, Ended, Failed,
                 StillAlive>;
using AnswerEvents = std::vector<AnswerEvent>;

// Reads one answer of a provider. INVALID_ARGUMENT: it is not what the
// dialect has; nothing can be read after that. Not thread-safe.
//
// Text of events is good until the next call.
class AnswerReader {
 public:
  virtual ~AnswerReader() = default;

  // A JSON answer, whole. Adds its events, Ended included.
  virtual absl::Status ReadWhole(std::string_view body,
                                 AnswerEvents& events) = 0;

  // The data of a stream's next event. Adds what it says, which may be nothing.
  virtual absl::Status ReadEvent(std::string_view data,
                                 AnswerEvents& events) = 0;

  // The stream's body is over, as it should be. Adds Ended where the dialect
  // has no marker for it. INVALID_ARGUMENT: something is missing.
  virtual absl::Status ReadEndOfBody(AnswerEvents& events) = 0;
};

// A tool that the caller knows as something else than a function of the name
// that the provider was told; as in Tool.
struct RenamedTool {
  std::string name;
  std::string own_name;
  std::string own_namespace;
  bool takes_text = false;
};

// What an answer says of itself that its events don't.
struct AnswerIdentity {
  // Used where the provider gave none.
  std::string id = {};
  // The name that the client asked for.
  std::string model = {};
  // Seconds since 1970.
  std::int64_t created = 0;
  // A guess, for dialects that begin with it; never 0.
  std::uint32_t input_tokens = 1;
  // The client wants to know the usage of a stream.
  bool stream_usage = false;
  // As in Request.
  bool wants_sealed_thoughts = false;
  std::string repeated = {};
  std::vector<RenamedTool> renamed_tools = {};
};

// Writes one answer for a client. RESOURCE_EXHAUSTED: what must be kept back is
// more than kMaxKeptBack. Not thread-safe.
class AnswerWriter {
 public:
  virtual ~AnswerWriter() = default;

  // Adds the JSON answer that `events` make up; Ended is the last of them.
  virtual absl::Status WriteWhole(std::span<const AnswerEvent> events,
                                  std::string& out) = 0;

  // Adds the events of a stream, framing included, that `event` leads to.
  // Nothing for Failed: WriteError() tells of it.
  virtual absl::Status WriteEvent(const AnswerEvent& event,
                                  std::string& out) = 0;

  // Adds how the stream says that it failed. Nothing follows.
  virtual void WriteError(const ApiError& error, std::string& out) = 0;
};

// Bytes of a stream that a writer may hold until they can go out.
inline constexpr std::size_t kMaxKeptBack = std::size_t{1} << 20;

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_ANSWER_H_
