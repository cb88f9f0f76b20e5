#include "tests/simprovider/dialect/reply.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/dialect/sample.h"

namespace weir::simprovider {
namespace {

constexpr std::size_t kPieceBytes = 12;

Speech Thought() {
  return Speech({"Let", " me", " think", " of", " the", " river."});
}

// What the model says that it has seen, a token each, so that a test sees it
// arrive.
std::vector<std::string> Remarks(const Ask& ask) {
  std::vector<std::string> remarks;
  for (const Attachment& attachment : ask.attachments) {
    remarks.push_back(
        text::Cat(" [saw ", text::JsonEscape(attachment.what), "]"));
  }
  for (const std::string& result : ask.results) {
    remarks.push_back(text::Cat(" [got ", text::JsonEscape(result), "]"));
  }
  return remarks;
}

std::string ArgumentsFor(const Tool& tool) {
  if (tool.input == Tool::Input::kText) return "text";
  return tool.parameters ? SampleOf(*tool.parameters) : "{}";
}

std::vector<ToolCall> CallsFor(const Ask& ask,
                               const Circumstances& circumstances) {
  std::vector<ToolCall> calls;
  const std::size_t wanted =
      ask.calls == Ask::Calls::kOne
          ? 1
          : static_cast<std::size_t>(circumstances.tool_calls);
  while (calls.size() < wanted) {
    const std::size_t before = calls.size();
    for (const Tool& tool : ask.tools) {
      if (!ask.chosen_tool.empty() && tool.name != ask.chosen_tool) continue;
      if (calls.size() == wanted) break;
      calls.push_back(
          {tool.name, ArgumentsFor(tool), tool.input, tool.name_space});
    }
    // No tool may be called.
    if (calls.size() == before) break;
  }
  return calls;
}

Speech AnswerOf(const Ask& ask, std::size_t tokens, Wording& wording) {
  if (ask.json) {
    std::vector<std::string> pieces = PiecesOf(*ask.json);
    for (std::string& piece : pieces) piece = text::JsonEscape(piece);
    return Speech(std::move(pieces));
  }
  std::vector<std::string> remarks = Remarks(ask);
  if (remarks.empty()) return Speech(wording, tokens);
  remarks.insert(remarks.begin(), std::string(wording.Token(0)));
  for (std::size_t i = 1; remarks.size() < tokens; ++i) {
    remarks.emplace_back(wording.Token(i));
  }
  return Speech(std::move(remarks));
}

// Ends `reply` before the first of the stop sequences.
void ObeyStops(const Ask& ask, Reply& reply) {
  if (ask.stops.empty()) return;
  const std::string all = reply.text.Text();
  std::size_t first = std::string::npos;
  for (const std::string& stop : ask.stops) {
    const std::size_t found = all.find(text::JsonEscape(stop));
    if (found >= first) continue;
    first = found;
    reply.stopped_by = stop;
  }
  if (first == std::string::npos) return;
  reply.end = Reply::End::kStop;
  reply.text = reply.text.FirstBytes(first);
}

void ObeyLimit(const Ask& ask, Reply& reply) {
  if (!ask.max_tokens ||
      std::cmp_greater_equal(*ask.max_tokens, reply.text.size())) {
    return;
  }
  reply.end = Reply::End::kLimit;
  reply.text =
      reply.text.FirstTokens(static_cast<std::size_t>(*ask.max_tokens));
}

bool ContinuesCharacter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace

int PromptTokens(const Ask& ask) {
  std::size_t bytes = ask.body_bytes;
  for (const Attachment& attachment : ask.attachments) {
    bytes -= std::min(bytes, attachment.bytes);
  }
  return static_cast<int>(std::max<std::size_t>(1, bytes / 4)) +
         kAttachmentTokens * static_cast<int>(ask.attachments.size());
}

Reply ReplyTo(const Ask& ask, const Circumstances& circumstances,
              Wording& wording) {
  Reply reply;
  reply.prompt_tokens = PromptTokens(ask);
  reply.attachment_tokens =
      kAttachmentTokens * static_cast<int>(ask.attachments.size());
  reply.cached_tokens =
      std::min(circumstances.cached_tokens, reply.prompt_tokens);
  if (ask.thinking == Ask::Thinking::kOn) reply.thought = Thought();
  reply.calls = CallsFor(ask, circumstances);
  if (!reply.calls.empty()) {
    reply.end = Reply::End::kCalls;
    reply.output_tokens = static_cast<int>(std::min<std::int64_t>(
                              circumstances.tokens,
                              ask.max_tokens.value_or(circumstances.tokens))) +
                          reply.thought_tokens();
    return reply;
  }
  reply.text =
      AnswerOf(ask, static_cast<std::size_t>(circumstances.tokens), wording);
  ObeyStops(ask, reply);
  ObeyLimit(ask, reply);
  reply.output_tokens =
      static_cast<int>(reply.text.size()) + reply.thought_tokens();
  return reply;
}

std::vector<std::string> PiecesOf(std::string_view text) {
  std::vector<std::string> pieces;
  do {
    std::size_t size = std::min(kPieceBytes, text.size());
    while (size < text.size() && ContinuesCharacter(text[size])) ++size;
    pieces.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  } while (!text.empty());
  return pieces;
}

}  // namespace weir::simprovider
