// The walk over a body's tokens: what is JSON, and what of it weir acts on.
#ifndef WEIR_DATAPLANE_UNDERSTAND_BODY_WALK_H_
#define WEIR_DATAPLANE_UNDERSTAND_BODY_WALK_H_

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/literal.h"
#include "dataplane/understand/body_error.h"
#include "dataplane/understand/body_scan.h"
#include "dataplane/understand/json_path.h"
#include "dataplane/understand/json_token.h"

namespace weir::dataplane {

// One pass over one body's tokens, checking the grammar of RFC 8259. Tokens are
// read by a TokenReader, or are ListedTokens.
template <typename Tokens>
class BodyWalk {
 public:
  // Fills in `scan`, which is new and outlives this.
  BodyWalk(std::string_view body, const Tokens& tokens,
           BodyScanner::Conversation conversation, BodyScan& scan)
      : body_(body),
        tokens_(tokens),
        conversation_(conversation),
        scan_(scan) {}

  // Whether all is well; error() says what is not.
  bool Run() {
    if (tokens_.first() != '{') {
      Fail("it must be an object");
      return false;
    }
    Open(tokens_.Take());
    // Without recursion: the nesting is the client's to choose.
    while (depth_ > 0 && !error_) Item();
    if (!error_ && !tokens_.done()) Fail("something follows the object");
    if (!error_ && !tokens_.IsUtf8()) Fail("it is not UTF-8");
    return !error_;
  }
  // REQUIRES: there is one.
  const dialect::ApiError& error() const { return *error_; }

 private:
  void Fail(std::string_view why) {
    if (!error_) error_ = NotJson(why);
  }

  // What comes next in the innermost of what is open, or its end.
  void Item() {
    const char closer = closers_[depth_ - 1];
    if (tokens_.first() == closer) return Close();
    if (!std::exchange(first_in_container_, false)) {
      if (tokens_.first() != ',') {
        return Fail("a comma or a closing bracket is missing");
      }
      tokens_.Pass();
    }
    closer == '}' ? Member() : Element();
  }

  void Open(std::string_view bracket) {
    if (depth_ == BodyScanner::kMaxDepth) {
      error_ = InvalidBody(Concat("`", PathAt(body_, OffsetOf(bracket)),
                                  "`: the request body is nested deeper than ",
                                  BodyScanner::kMaxDepth, " levels."));
      return;
    }
    closers_[depth_++] = bracket.front() == '{' ? '}' : ']';
    first_in_container_ = true;
  }

  void Close() {
    --depth_;
    first_in_container_ = false;
    if (in_prefix_ && depth_ <= kMessagesDepth) EndMessage();
    tokens_.Pass();
  }

  void Member() {
    if (tokens_.first() != '"') return Fail("a key is missing");
    const std::string_view key = tokens_.Take();
    if (!IsString(key)) return Fail("malformed key");
    if (tokens_.first() != ':') return Fail("a colon is missing");
    tokens_.Pass();
    if (tokens_.done()) return Fail("a value is missing");
    const std::string_view value = tokens_.Take();
    if (depth_ == 1) {
      Note(key.substr(1, key.size() - 2), value);
    } else if (in_messages_) {
      NoteInMessages(key, value);
    } else if (in_generation_config_) {
      NoteGenerationConfig(key, value);
    }
    if (!error_) Enter(value);
  }

  void Element() {
    if (tokens_.done()) return Fail("a value is missing");
    Enter(tokens_.Take());
  }

  // A value that has begun: of a container, the bracket.
  void Enter(std::string_view value) {
    const char first = value.front();
    if (first == '"') {
      if (!IsString(value)) Fail("malformed string");
    } else if (first == '{' || first == '[') {
      Open(value);
    } else if (!IsScalar(value)) {
      Fail("malformed value");
    }
  }

  bool IsString(std::string_view token) const {
    return token.size() >= 2 && token.back() == '"' &&
           (!tokens_.has_escapes() ||
            HasValidEscapes(token.substr(1, token.size() - 2)));
  }

  std::size_t OffsetOf(std::string_view token) const {
    return static_cast<std::size_t>(token.data() - body_.data());
  }

  // A field of the outermost object that weir acts on. Escaped or not, a key is
  // the same to a provider.
  void Note(std::string_view raw_key, std::string_view value) {
    std::string unescaped;
    std::string_view key = raw_key;
    if (tokens_.has_escapes() && key.find('\\') != std::string_view::npos) {
      unescaped = Unescape(raw_key);
      key = unescaped;
    }
    in_messages_ =
        Is(key, "messages") || Is(key, "input") || Is(key, "contents");
    in_generation_config_ = Is(key, "generationConfig");
    if (Is(key, "model")) {
      NoteModel(value);
    } else if (Is(key, "stream")) {
      if (!Once(seen_stream_, "stream")) return;
      scan_.stream = Is(value, "true");
    } else if (Is(key, "stream_options")) {
      scan_.has_stream_options = true;
    } else if (Is(key, "max_tokens") || Is(key, "max_completion_tokens") ||
               Is(key, "max_output_tokens")) {
      NoteMaxTokens(value);
    } else if (Is(key, "tools")) {
      scan_.has_tools |= !Is(value, "null");
    } else if (Is(key, "reasoning") || Is(key, "reasoning_effort") ||
               Is(key, "thinking")) {
      scan_.has_reasoning |= !Is(value, "null");
    } else if (conversation_ == BodyScanner::Conversation::kFind) {
      NoteConversation(key, value);
    }
  }

  // Names and types as they stand in a body: escapes in them are nobody's
  // habit, and a part that hides its type is only served as text would be.
  void NoteInMessages(std::string_view key, std::string_view value) {
    if (Is(key, R"("type")")) {
      scan_.has_media |= IsMedia(value);
    } else if (Is(key, R"("inlineData")") || Is(key, R"("fileData")")) {
      scan_.has_media = true;
    } else if (in_prefix_ && depth_ == kMessagesDepth + 1 &&
               Is(key, R"("role")")) {
      is_users_ = Is(value, R"("user")");
    }
  }

  // The type of a part of chat completions, of responses or of Anthropic's
  // messages.
  static bool IsMedia(std::string_view type) {
    return Is(type, R"("image_url")") || Is(type, R"("input_audio")") ||
           Is(type, R"("file")") || Is(type, R"("input_image")") ||
           Is(type, R"("input_file")") || Is(type, R"("image")") ||
           Is(type, R"("document")");
  }

  // What Gemini's API has a level deeper than the others.
  void NoteGenerationConfig(std::string_view key, std::string_view value) {
    if (Is(key, R"("maxOutputTokens")")) {
      NoteMaxTokens(value);
    } else if (Is(key, R"("thinkingConfig")")) {
      scan_.has_reasoning = true;
    }
  }

  void NoteConversation(std::string_view key, std::string_view value) {
    ConversationMarks& marks = scan_.conversation;
    const bool is_text = value.size() > 2 && value.front() == '"';
    if (Is(key, "prompt_cache_key")) {
      if (is_text) marks.cache_key = value;
    } else if (Is(key, "user")) {
      if (is_text) marks.user = value;
    } else if (Is(key, "messages") || Is(key, "input") || Is(key, "prompt") ||
               Is(key, "contents")) {
      if (is_text) marks.prefix = value;
      in_prefix_ = value.front() == '[' && !Is(key, "prompt");
      prefix_begin_ = OffsetOf(value);
      is_users_ = false;
    }
  }

  // A message of the prefix ends with the next bracket, or all of them do.
  void EndMessage() {
    const std::size_t end = tokens_.offset() + 1;
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
    const std::string_view text = token.substr(1, token.size() - 2);
    if (tokens_.has_escapes()) {
      scan_.model = Unescape(text);
    } else {
      scan_.model.emplace(text);
    }
    scan_.model_span.begin = OffsetOf(token);
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
      error_ = DuplicateField(field);
      return false;
    }
    seen = true;
    return true;
  }

  // Inside the array of messages.
  static constexpr int kMessagesDepth = 2;

  const std::string_view body_;
  Tokens tokens_;
  const BodyScanner::Conversation conversation_;
  BodyScan& scan_;
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

  bool seen_model_ = false;
  bool seen_stream_ = false;
  std::optional<dialect::ApiError> error_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_BODY_WALK_H_
