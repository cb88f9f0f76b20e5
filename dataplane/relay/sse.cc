#include "dataplane/relay/sse.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "common/literal.h"
#include "dataplane/relay/answer_format.h"

namespace weir::dataplane {
namespace {

// The value of a field's line, without one leading space (WHATWG HTML 9.2.6);
// nullopt for another field.
template <std::size_t Size>
std::optional<std::string_view> FieldValue(
    std::string_view line, const char (&field_and_colon)[Size]) {
  if (!StartsWith(line, field_and_colon)) return std::nullopt;
  line.remove_prefix(Size - 1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

std::string_view WithoutSpacesBefore(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

// The data's `type`, which servers that leave `event:` out have; it may be cut
// short.
std::string_view TypeOf(std::string_view data) {
  constexpr std::string_view kType = R"("type":)";
  const std::size_t at = data.find(kType);
  if (at == std::string_view::npos) return {};
  const std::string_view type =
      WithoutSpacesBefore(data.substr(at + kType.size()));
  return type.starts_with('"') ? type.substr(1) : std::string_view();
}

// Some servers send `error` with every chunk, as null.
bool IsError(std::string_view data) {
  constexpr char kError[] = R"({"error":)";
  if (!StartsWith(data, kError)) return false;
  data.remove_prefix(sizeof(kError) - 1);
  return !StartsWith(WithoutSpacesBefore(data), "null");
}

}  // namespace

Terminator TerminatorOf(AnswerFormat format) {
  switch (format) {
    case AnswerFormat::kChat:
    case AnswerFormat::kCompletions:
      return Terminator::kDone;
    case AnswerFormat::kResponses:
      return Terminator::kResponsesEvent;
    case AnswerFormat::kMessages:
      return Terminator::kMessageStop;
    case AnswerFormat::kGenerate:
      return Terminator::kFinishReason;
    default:
      return Terminator::kFraming;
  }
}

bool SseScan::Ends(std::string_view type) const {
  switch (terminator_) {
    case Terminator::kResponsesEvent:
      return type.starts_with("response.completed") ||
             type.starts_with("response.incomplete") ||
             type.starts_with("response.failed");
    case Terminator::kMessageStop:
      return type.starts_with("message_stop");
    default:
      return false;
  }
}

void SseScan::Keep(std::string_view part) {
  const std::size_t kept = std::min(part.size(), line_.size() - line_size_);
  std::memcpy(line_.data() + line_size_, part.data(), kept);
  line_size_ += kept;
  line_length_ += part.size();
}

void SseScan::OnLine(std::string_view line) {
  if (const auto data = FieldValue(line, "data:")) {
    if (IsError(*data)) {
      failed_ = true;
    } else if (terminator_ == Terminator::kDone) {
      terminated_ = terminated_ || StartsWith(*data, "[DONE]");
    } else if (!EndsWithBody(terminator_)) {
      const std::string_view type = TypeOf(*data);
      Note(type);
      failed_ = failed_ || type.starts_with("error\"");
    }
  } else if (const auto event = FieldValue(line, "event:")) {
    if (*event == "error") {
      failed_ = true;
    } else {
      Note(*event);
    }
  }
}

void SseScan::Note(std::string_view type) {
  if (!Ends(type)) return;
  terminated_ = true;
  failed_ = failed_ || type.starts_with("response.failed");
}

void SseScan::EndEvent() {
  ++events_;
  terminated_whole_ = terminated_ && !EndsWithBody(terminator_);
  failed_whole_ = failed_;
}

std::size_t SseScan::Feed(std::string_view piece) {
  if (reasons_ != nullptr) {
    const bool finished = reasons_->finish.Feed(piece);
    terminated_ = reasons_->block.Feed(piece) || finished;
  }
  std::size_t boundary = 0;
  events_ = 0;
  std::size_t at = 0;
  while (at < piece.size()) {
    // Most events are a line and an empty one.
    if (piece[at] == '\n' && line_length_ == 0) {
      boundary = ++at;
      EndEvent();
      continue;
    }
    const std::size_t end = piece.find('\n', at);
    const std::string_view part = piece.substr(at, end - at);
    if (end == std::string_view::npos) {
      Keep(part);
      break;
    }
    at = end + 1;
    std::string_view line = part.substr(0, line_.size());
    std::size_t length = part.size();
    // Most lines come whole, and are looked at where they stand.
    if (line_length_ > 0) {
      Keep(part);
      line = {line_.data(), line_size_};
      length = std::exchange(line_length_, 0);
      line_size_ = 0;
    }
    if (line.size() == length && line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) {
      boundary = at;
      EndEvent();
    } else {
      OnLine(line);
    }
  }
  return boundary;
}

std::optional<Event> FirstEvent(std::string_view bytes) {
  Event event;
  std::size_t at = 0;
  for (;;) {
    const std::size_t end = bytes.find('\n', at);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = bytes.substr(at, end - at);
    if (line.ends_with("\r")) line.remove_suffix(1);
    at = end + 1;
    if (line.empty()) {
      event.bytes = bytes.substr(0, at);
      return event;
    }
    if (const auto data = FieldValue(line, "data:");
        data.has_value() && event.data.empty()) {
      event.data = *data;
    }
  }
}

}  // namespace weir::dataplane
