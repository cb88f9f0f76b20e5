#include "common/dialect/canonical/sequencer.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/arguments.h"
#include "common/dialect/canonical/logprobs.h"

namespace weir::dialect::canonical {
namespace {

// The call that an event belongs to.
std::optional<std::uint32_t> CallOf(const AnswerEvent& event) {
  if (const auto* begun = std::get_if<ToolCallBegun>(&event)) {
    return begun->call;
  }
  if (const auto* arguments = std::get_if<ToolArguments>(&event)) {
    return arguments->call;
  }
  if (const auto* ended = std::get_if<ToolCallEnded>(&event)) {
    return ended->call;
  }
  return std::nullopt;
}

// What is said of an answer and is no part of it.
bool IsAside(const AnswerEvent& event) {
  return std::holds_alternative<Started>(event) ||
         std::holds_alternative<Finished>(event) ||
         std::holds_alternative<Counted>(event) ||
         std::holds_alternative<Failed>(event) ||
         std::holds_alternative<StillAlive>(event);
}

// The text of a part, which is what grows.
std::string_view* TextOf(AnswerEvent& event) {
  if (auto* text = std::get_if<TextDelta>(&event)) return &text->text;
  if (auto* refusal = std::get_if<RefusalDelta>(&event)) return &refusal->text;
  if (auto* thought = std::get_if<ThinkingDelta>(&event)) return &thought->text;
  if (auto* signature = std::get_if<ThinkingSignature>(&event)) {
    return &signature->signature;
  }
  if (auto* redacted = std::get_if<RedactedThinking>(&event)) {
    return &redacted->data;
  }
  if (auto* arguments = std::get_if<ToolArguments>(&event)) {
    return &arguments->json;
  }
  return nullptr;
}

// Those of a text; null for none.
const Logprobs* LogprobsOf(const AnswerEvent& event) {
  const auto* text = std::get_if<TextDelta>(&event);
  return text != nullptr ? text->logprobs : nullptr;
}

std::size_t BytesOf(const Logprobs& logprobs) {
  std::size_t bytes = 0;
  for (const ChosenToken& token : logprobs) {
    bytes += sizeof(ChosenToken) + token.chosen.token.size() +
             token.chosen.bytes.size();
    for (const LikelyToken& likely : token.likeliest) {
      bytes += sizeof(LikelyToken) + likely.token.size() + likely.bytes.size();
    }
  }
  return bytes;
}

absl::Status TooMuch() {
  return absl::ResourceExhaustedError("too much of an answer overlaps");
}

}  // namespace

absl::Status Sequencer::Take(const AnswerEvent& event, AnswerEvents& out) {
  released_.clear();
  if (IsAside(event)) {
    out.push_back(event);
    return absl::OkStatus();
  }
  if (std::holds_alternative<Ended>(event)) {
    // Calls that never became whole end all the same.
    do {
      if (open_call_.has_value()) End(out);
      if (auto status = Release(out); !status.ok()) return status;
    } while (open_call_.has_value());
    out.push_back(event);
    return absl::OkStatus();
  }
  if (auto status = Pass(event, out); !status.ok()) return status;
  const bool over =
      !open_call_.has_value() || (progress_.whole() && !held_.empty());
  if (!over) return absl::OkStatus();
  if (open_call_.has_value()) End(out);
  return Release(out);
}

absl::Status Sequencer::Pass(const AnswerEvent& event, AnswerEvents& out) {
  const std::optional<std::uint32_t> call = CallOf(event);
  if (open_call_.has_value() && call != open_call_) {
    if (!progress_.whole() || !held_.empty()) return Hold(event);
    End(out);
  }
  if (std::holds_alternative<ToolCallBegun>(event)) {
    open_call_ = call;
    progress_ = ArgumentsProgress();
  } else if (call.has_value() && call != open_call_) {
    // Its object was whole; some servers say the end of it once more.
    const auto* arguments = std::get_if<ToolArguments>(&event);
    if (arguments == nullptr || arguments->json.find_first_not_of(" \t\r\n") ==
                                    std::string_view::npos) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError("arguments of a call that is over");
  } else if (const auto* arguments = std::get_if<ToolArguments>(&event)) {
    progress_.Feed(arguments->json);
  } else if (std::holds_alternative<ToolCallEnded>(event)) {
    open_call_.reset();
  }
  out.push_back(event);
  return absl::OkStatus();
}

bool Sequencer::Coalesce(const AnswerEvent& event) {
  // Each of these is one of its own.
  if (std::holds_alternative<RedactedThinking>(event) ||
      std::holds_alternative<ThinkingSignature>(event)) {
    return false;
  }
  const std::optional<std::uint32_t> call = CallOf(event);
  for (auto held = held_.rbegin(); held != held_.rend(); ++held) {
    const bool same_kind = held->event.index() == event.index();
    if (same_kind && CallOf(held->event) == call) {
      AnswerEvent more = event;
      held->text += *TextOf(more);
      if (const Logprobs* said = LogprobsOf(event)) {
        held->logprobs.insert(held->logprobs.end(), said->begin(), said->end());
      }
      return true;
    }
    // Only arguments may join text that has other parts behind it.
    if (!call.has_value()) return false;
  }
  return false;
}

absl::Status Sequencer::Hold(const AnswerEvent& event) {
  AnswerEvent copy = event;
  std::string_view* const text = TextOf(copy);
  const Logprobs* const logprobs = LogprobsOf(event);
  const std::size_t size = (text != nullptr ? text->size() : 0) +
                           (logprobs != nullptr ? BytesOf(*logprobs) : 0);
  if (held_bytes_ + size > kMaxKeptBack) return TooMuch();
  if (text != nullptr && Coalesce(event)) {
    held_bytes_ += size;
    return absl::OkStatus();
  }
  Held held{copy, {}, {}, {}, {}, {}};
  if (text != nullptr) held.text = *text;
  if (logprobs != nullptr) held.logprobs = *logprobs;
  if (const auto* begun = std::get_if<ToolCallBegun>(&event)) {
    held.id = begun->id;
    held.name = begun->name;
    held.thought_signature = begun->thought_signature;
  }
  // Itself too: a part may be empty, and there may be many.
  held_bytes_ += sizeof(Held) + size + held.id.size() + held.name.size() +
                 held.thought_signature.size();
  if (held_bytes_ > kMaxKeptBack) return TooMuch();
  held_.push_back(std::move(held));
  return absl::OkStatus();
}

void Sequencer::End(AnswerEvents& out) {
  out.emplace_back(ToolCallEnded{*open_call_});
  open_call_.reset();
}

absl::Status Sequencer::Release(AnswerEvents& out) {
  if (held_.empty()) return absl::OkStatus();
  std::list<Held> waiting = std::exchange(held_, {});
  held_bytes_ = 0;
  while (!waiting.empty()) {
    // Where it stays until the next Take(), its text can be referred to.
    released_.splice(released_.end(), waiting, waiting.begin());
    Held& held = released_.back();
    if (std::string_view* text = TextOf(held.event)) *text = held.text;
    if (auto* text = std::get_if<TextDelta>(&held.event)) {
      text->logprobs = held.logprobs.empty() ? nullptr : &held.logprobs;
    }
    if (auto* begun = std::get_if<ToolCallBegun>(&held.event)) {
      *begun = {begun->call, held.id, held.name, held.thought_signature};
    }
    if (auto status = Pass(held.event, out); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace weir::dialect::canonical
