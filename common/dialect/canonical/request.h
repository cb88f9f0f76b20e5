// A chat request in the form that all dialects share.
//
// Text refers to the memory that the request owns. JSON values that nobody here
// looks into (schemas, arguments) are kept as text.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_REQUEST_H_
#define WEIR_COMMON_DIALECT_CANONICAL_REQUEST_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weir::dialect::canonical {

// Where something stood in the caller's request: message and part, counted as
// the caller does. PathOf() makes a JSON path of it.
struct Place {
  std::uint32_t message = 0;
  // Absent where the message is its only part.
  std::optional<std::uint32_t> part;
};

// A field of the outermost object with its name in the caller's words.
template <typename T>
struct Given {
  T value;
  std::string_view path;
};

struct Text {
  std::string_view text = {};
};

enum class MediaKind { kImage, kDocument, kAudio };

// Bytes or an address; weir fetches no address.
struct Media {
  MediaKind kind = MediaKind::kImage;
  // `image/png`; empty where the caller did not say.
  std::string_view media_type = {};
  // Base64 as it came. Empty where `url` is set.
  std::string_view data = {};
  std::string_view url = {};
  // OpenAI's `low`, `high`, `auto`; empty where the caller did not say.
  std::string_view detail = {};
  // A document's name; empty where the caller did not say.
  std::string_view name = {};
};

// What a Claude thought aloud, signed so that it can be given back to one and
// to nobody else.
struct Thinking {
  std::string_view text = {};
  std::string_view signature = {};
  // In place of the other two where the vendor shows nobody.
  std::string_view redacted = {};
};

struct ToolCall {
  // Empty where the caller's dialect has none.
  std::string_view id = {};
  std::string_view name = {};
  // A JSON object.
  std::string_view arguments = {};
  // Gemini's, which wants it back with the call; opaque.
  std::string_view thought_signature = {};
};

struct ToolResult {
  // Of the ToolCall; never empty.
  std::string_view call_id = {};
  std::string_view name = {};
  bool is_error = false;
  std::vector<std::variant<Text, Media>> content = {};
};

struct Part {
  std::variant<Text, Media, Thinking, ToolCall, ToolResult> value;
  Place place;
};

enum class Role { kUser, kAssistant };

// One turn. Turns of one role may follow each other.
struct Message {
  Role role = Role::kUser;
  std::vector<Part> parts = {};
};

struct Tool {
  std::string_view name = {};
  std::string_view description = {};
  // A JSON schema; empty where the tool takes nothing.
  std::string_view parameters = {};
  std::optional<bool> strict = {};
  // What the caller calls it, where other APIs know no such names; empty where
  // it is `name`.
  std::string_view own_name = {};
  std::string_view own_namespace = {};
  // Where it stands, if its name is one that not every API takes; else empty.
  std::string_view odd_name_path = {};
  // The caller's API has a text for arguments. `parameters` has that as its
  // only member.
  bool takes_text = false;
};

enum class ToolChoiceKind { kAuto, kNone, kAny, kOne };

struct ToolChoice {
  ToolChoiceKind kind = ToolChoiceKind::kAuto;
  // Of the one tool.
  std::string_view name = {};
};

// What an answer's text must be.
struct OutputFormat {
  // Any JSON object where empty.
  std::string_view schema = {};
  std::string_view name = {};
  std::string_view description = {};
  std::optional<bool> strict = {};
};

// How hard a model shall think; by a word, by tokens, or by both.
struct Reasoning {
  // `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`; empty where
  // the caller did not say.
  std::string_view effort = {};
  std::optional<std::uint64_t> budget_tokens = {};
};

// What a request's text stands in.
class Memory {
 public:
  virtual ~Memory() = default;
};

struct Request {
  std::shared_ptr<const Memory> memory;
  // `messages`, `content` and `max_tokens`, in the caller's words.
  std::string_view messages_name;
  std::string_view parts_name;
  std::string_view max_tokens_name = "max_tokens";

  bool stream = false;
  // The caller wants the usage in the stream.
  bool stream_usage = false;

  // Instructions, each in its own block.
  std::vector<Text> system;
  std::vector<Message> messages;

  std::vector<Tool> tools;
  std::optional<Given<ToolChoice>> tool_choice;
  std::optional<Given<bool>> parallel_tool_calls;

  std::optional<Given<std::uint64_t>> max_tokens;
  std::optional<Given<double>> temperature;
  std::optional<Given<double>> top_p;
  std::optional<Given<std::int64_t>> top_k;
  std::optional<Given<double>> presence_penalty;
  std::optional<Given<double>> frequency_penalty;
  std::optional<Given<std::int64_t>> seed;
  std::optional<Given<std::vector<std::string_view>>> stop;
  std::optional<Given<OutputFormat>> format;
  // The caller wants log probabilities, with so many alternatives to each
  // token; at most kMaxAlternatives.
  std::optional<Given<std::uint64_t>> logprobs;
  std::optional<Given<Reasoning>> reasoning;
  // Who asks, in the caller's own words.
  std::string_view user;

  // The caller takes what is signed or hidden of thoughts, to give it back.
  bool wants_sealed_thoughts = false;
  // What the answer repeats of the request, as members of a JSON object; empty
  // where the caller's API repeats nothing.
  std::string_view repeated;

  // What the caller's dialect can say, no other can, and the answer does not
  // depend on; constants.
  std::vector<std::string_view> dropped;
};

// `messages[1].content[2]`.
std::string PathOf(const Request& request, const Place& place);

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_REQUEST_H_
