#include "dataplane/understand/body_scan.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include "common/concat.h"
#include "common/dialect/dialect.h"
#include "dataplane/request.h"
#include "dataplane/understand/json_path.h"
#include "dataplane/understand/json_structure.h"
#include "dataplane/understand/json_token.h"

namespace weir::dataplane {
namespace {

using MaybeError = std::optional<dialect::ApiError>;

// Bodies above this have a structure of their own, whose memory (four times
// the body) goes with it.
constexpr std::size_t kLargeBody = std::size_t{1} << 20;

constexpr std::string_view kTypeKey = R"("type")";
// Parts of chat completions, of responses and of Anthropic's messages.
constexpr std::string_view kMediaTypes[] = {
    R"("image_url")",  R"("input_audio")", R"("file")",    R"("input_image")",
    R"("input_file")", R"("image")",       R"("document")"};

dialect::ApiError Invalid(std::string message, std::string_view param = {}) {
  return {400, "invalid_json", std::move(message), param};
}

dialect::ApiError NotJson(std::string_view why) {
  return Invalid(Concat("The request body is not valid JSON: ", why));
}

dialect::ApiError Twice(std::string_view field) {
  dialect::ApiError error{400, "duplicate_field", {}, field};
  Append(error.message, "`", field, "` stands more than once in the body.");
  return error;
}

// One pass over one body's tokens, checking the grammar of RFC 8259.
class Walk {
 public:
  Walk(std::string_view body, JsonStructure::Tokens tokens,
       BodyScanner::Conversation conversation)
      : body_(body),
        tokens_(tokens),
        conversation_(conversation),
        has_escapes_(body.find('\\') != std::string_view::npos) {}

  // nullopt when all is well.
  MaybeError Run() {
    if (First() != '{') return NotJson("it must be an object");
    Containers();
    if (!error_ && next_ < tokens_.size()) {
      Fail("something follows the object");
    }
    return std::move(error_);
  }

  BodyScan result() { return std::move(scan_); }

 private:
  void Fail(std::string_view why) {
    if (!error_) error_ = NotJson(why);
  }

  // The first byte of the next token; 0 at the end.
  char First() const {
    return next_ < tokens_.size() ? body_[tokens_[next_]] : '\0';
  }

  // The next token, which is a string or a scalar; also when it is malformed.
  std::string_view Peek() const {
    const std::size_t begin = tokens_[next_];
    const std::size_t end =
        next_ + 1 < tokens_.size() ? tokens_[next_ + 1] : body_.size();
    return TrimToken(body_.substr(begin, end - begin));
  }

  // From the outermost brace to its end, without recursion: the nesting is the
  // client's to choose.
  void Containers() {
    Open();
    while (depth_ > 0 && !error_) {
      if (closers_[depth_ - 1] == '}') {
        Member();
      } else {
        Element();
      }
    }
  }

  void Open() {
    if (depth_ == BodyScanner::kMaxDepth) {
      error_ = Invalid(Concat("`", PathAt(body_, tokens_[next_]),
                              "`: the request body is nested deeper than ",
                              BodyScanner::kMaxDepth, " levels."));
      return;
    }
    closers_[depth_++] = First() == '{' ? '}' : ']';
    first_in_container_ = true;
    ++next_;
  }

  // Takes the closing bracket or what stands before the next item. False when
  // there is no next item, or an error.
  bool NextItem() {
    const char closer = closers_[depth_ - 1];
    const bool first = std::exchange(first_in_container_, false);
    if (First() == closer) {
      ++next_;
      --depth_;
      if (in_prefix_ && depth_ <= kMessagesDepth) EndMessage();
      return false;
    }
    if (first) return true;
    if (First() != ',') {
      Fail("a comma or a closing bracket is missing");
      return false;
    }
    ++next_;
    return true;
  }

  void Member() {
    if (!NextItem()) return;
    if (First() != '"') return Fail("a key is missing");
    const std::string_view key = Peek();
    if (!IsString(key)) return Fail("malformed key");
    ++next_;
    if (First() != ':') return Fail("a colon is missing");
    ++next_;
    if (next_ == tokens_.size()) return Fail("a value is missing");
    if (depth_ == 1) {
      Note(key.substr(1, key.size() - 2));
    } else if (in_messages_ && key == kTypeKey) {
      NotePart(Peek());
    } else if (in_messages_ && (key == kInlineData || key == kFileData)) {
      scan_.has_media = true;
    } else if (in_generation_config_) {
      NoteGenerationConfig(key);
    } else if (in_prefix_ && depth_ == kMessagesDepth + 1 && key == kRoleKey) {
      is_users_ = Peek() == kUserRole;
    }
    if (!error_) Value();
  }

  void Element() {
    if (NextItem()) Value();
  }

  bool IsString(std::string_view token) const {
    return token.size() >= 2 && token.back() == '"' &&
           (!has_escapes_ ||
            HasValidEscapes(token.substr(1, token.size() - 2)));
  }

  void Value() {
    const char first = First();
    if (first == '{' || first == '[') return Open();
    if (next_ == tokens_.size()) return Fail("a value is missing");
    const std::string_view token = Peek();
    if (first == '"' ? !IsString(token) : !IsScalar(token)) {
      return Fail(first == '"' ? "malformed string" : "malformed value");
    }
    ++next_;
  }

  // A field of the outermost object that weir acts on. Escaped or not, a key is
  // the same to a provider.
  void Note(std::string_view raw_key) {
    const std::string_view value = Peek();
    std::string unescaped;
    std::string_view key = raw_key;
    if (has_escapes_ && key.find('\\') != std::string_view::npos) {
      unescaped = Unescape(raw_key);
      key = unescaped;
    }
    in_messages_ = key == "messages" || key == "input" || key == "contents";
    in_generation_config_ = key == "generationConfig";
    if (key == "model") {
      NoteModel(value);
    } else if (key == "stream") {
      if (!Once(seen_stream_, "stream")) return;
      scan_.stream = value == "true";
    } else if (key == "stream_options") {
      scan_.has_stream_options = true;
    } else if (key == "max_tokens" || key == "max_completion_tokens" ||
               key == "max_output_tokens") {
      NoteMaxTokens(value);
    } else if (key == "tools") {
      scan_.has_tools |= value != "null";
    } else if (key == "reasoning" || key == "reasoning_effort" ||
               key == "thinking") {
      scan_.has_reasoning |= value != "null";
    } else if (conversation_ == BodyScanner::Conversation::kFind) {
      NoteConversation(key, value);
    }
  }

  // The `type` of something in a message. Escapes in it are nobody's habit, and
  // a part that hides its type is only served as text would be.
  void NotePart(std::string_view token) {
    scan_.has_media |= std::find(std::begin(kMediaTypes), std::end(kMediaTypes),
                                 token) != std::end(kMediaTypes);
  }

  // What Gemini's API has a level deeper than the others.
  void NoteGenerationConfig(std::string_view key) {
    if (key == kMaxOutputTokens) {
      NoteMaxTokens(Peek());
    } else if (key == kThinkingConfig) {
      scan_.has_reasoning = true;
    }
  }

  void NoteConversation(std::string_view key, std::string_view value) {
    ConversationMarks& marks = scan_.conversation;
    const bool is_text = value.size() > 2 && value.front() == '"';
    if (key == "prompt_cache_key") {
      if (is_text) marks.cache_key = value;
    } else if (key == "user") {
      if (is_text) marks.user = value;
    } else if (key == "messages" || key == "input" || key == "prompt" ||
               key == "contents") {
      if (is_text) marks.prefix = value;
      in_prefix_ = First() == '[' && key != "prompt";
      prefix_begin_ = tokens_[next_];
      is_users_ = false;
    }
  }

  // A message of the prefix has ended, or all of them.
  void EndMessage() {
    const std::size_t end = tokens_[next_ - 1] + 1;
    scan_.conversation.prefix =
        body_.substr(prefix_begin_, end - prefix_begin_);
    if (is_users_ || depth_ < kMessagesDepth) in_prefix_ = false;
  }

  void NoteModel(std::string_view token) {
    if (!Once(seen_model_, "model")) return;
    if (token.front() != '"') {
      error_ = {400, "invalid_model", "`model` must be a string.", "model"};
      return;
    }
    if (!IsString(token)) return Fail("malformed string");
    scan_.model = Unescape(token.substr(1, token.size() - 2));
    scan_.model_span.begin =
        static_cast<std::size_t>(token.data() - body_.data());
    scan_.model_span.end = scan_.model_span.begin + token.size();
  }

  void NoteMaxTokens(std::string_view token) {
    std::uint64_t number = 0;
    const auto [end, error] =
        std::from_chars(token.data(), token.data() + token.size(), number);
    if (error != std::errc() || end != token.data() + token.size()) return;
    scan_.max_tokens = std::max(scan_.max_tokens.value_or(0), number);
  }

  // False, with the error, when the field was there before.
  bool Once(bool& seen, std::string_view field) {
    if (seen) {
      error_ = Twice(field);
      return false;
    }
    seen = true;
    return true;
  }

  // Inside the array of messages.
  static constexpr int kMessagesDepth = 2;
  // As they stand in a body; escapes in them are nobody's habit.
  static constexpr std::string_view kRoleKey = R"("role")";
  static constexpr std::string_view kUserRole = R"("user")";
  static constexpr std::string_view kInlineData = R"("inlineData")";
  static constexpr std::string_view kFileData = R"("fileData")";
  static constexpr std::string_view kMaxOutputTokens = R"("maxOutputTokens")";
  static constexpr std::string_view kThinkingConfig = R"("thinkingConfig")";

  const std::string_view body_;
  const JsonStructure::Tokens tokens_;
  const BodyScanner::Conversation conversation_;
  // Small bodies seldom have one.
  const bool has_escapes_;
  std::size_t next_ = 0;
  // The brackets that close what is open.
  std::array<char, BodyScanner::kMaxDepth> closers_;
  int depth_ = 0;
  bool first_in_container_ = false;
  // In the value of the outermost object's messages, input or contents.
  bool in_messages_ = false;
  bool in_generation_config_ = false;
  // The walk is in the messages up to the first of the user's, where that is
  // wanted; where they begin; and whether this one is the user's.
  bool in_prefix_ = false;
  std::size_t prefix_begin_ = 0;
  bool is_users_ = false;

  BodyScan scan_;
  bool seen_model_ = false;
  bool seen_stream_ = false;
  MaybeError error_;
};

std::string_view Explain(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return "it is not UTF-8";
    case simdjson::EMPTY:
      return "it is empty";
    case simdjson::UNCLOSED_STRING:
      return "a string is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "a string holds a control character";
    default:
      return simdjson::error_message(error);
  }
}

Outcome<BodyScan> ScanWith(JsonStructure& structure, std::string_view body,
                           BodyScanner::Conversation conversation) {
  const auto tokens = structure.Find(body);
  if (const auto* error = std::get_if<simdjson::error_code>(&tokens)) {
    return NotJson(Explain(*error));
  }
  Walk walk(body, std::get<JsonStructure::Tokens>(tokens), conversation);
  if (MaybeError refusal = walk.Run()) return *std::move(refusal);
  return walk.result();
}

}  // namespace

Outcome<BodyScan> BodyScanner::Scan(std::string_view body,
                                    Conversation conversation) {
  if (body.size() <= kLargeBody) {
    return ScanWith(structure_, body, conversation);
  }
  JsonStructure structure;
  return ScanWith(structure, body, conversation);
}

}  // namespace weir::dataplane
