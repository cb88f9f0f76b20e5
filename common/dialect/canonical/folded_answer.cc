#include "common/dialect/canonical/folded_answer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/concat.h"
#include "common/dialect/canonical/answer.h"

namespace weir::dialect::canonical {
namespace {

using Kind = FoldedPart::Kind;

class Folder {
 public:
  FoldedAnswer& answer() { return answer_; }

  void operator()(const Started& started) { answer_.id = started.id; }
  void operator()(const TextDelta& delta) {
    if (delta.logprobs != nullptr) answer_.logprobs.push_back(delta.logprobs);
    if (!delta.text.empty()) Grow(Kind::kText, delta.text);
  }
  void operator()(const RefusalDelta& delta) {
    Grow(Kind::kRefusal, delta.text);
  }
  void operator()(const ThinkingDelta& delta) {
    // What is signed is closed.
    if (!answer_.parts.empty() && !answer_.parts.back().signature.empty() &&
        answer_.parts.back().kind == Kind::kThinking) {
      answer_.parts.push_back({Kind::kThinking, {}});
    }
    Grow(Kind::kThinking, delta.text);
  }
  void operator()(const ThinkingSignature& signature) {
    Grow(Kind::kThinking, {});
    answer_.parts.back().signature = signature.signature;
  }
  void operator()(const RedactedThinking& redacted) {
    answer_.parts.push_back({Kind::kRedacted, redacted.data});
  }
  void operator()(const ToolCallBegun& begun) {
    calls_.push_back(answer_.parts.size());
    answer_.parts.push_back(
        {Kind::kCall, {}, begun.thought_signature, begun.id, begun.name});
  }
  void operator()(const ToolArguments& arguments) {
    Grow(answer_.parts[calls_[arguments.call]], arguments.json);
  }
  void operator()(const Finished& finished) { answer_.finished = finished; }
  void operator()(const Counted& counted) { answer_.usage = counted.usage; }
  template <typename Other>
  void operator()(const Other& /*event*/) {}

 private:
  void Grow(Kind kind, std::string_view text) {
    if (answer_.parts.empty() || answer_.parts.back().kind != kind) {
      answer_.parts.push_back({kind, {}});
    }
    Grow(answer_.parts.back(), text);
  }

  // Most parts are one piece, which stays where it is.
  void Grow(FoldedPart& part, std::string_view text) {
    if (part.text.empty()) {
      part.text = text;
      return;
    }
    if (part.joined == nullptr) {
      part.joined = &answer_.joined.emplace_front(part.text);
    }
    *part.joined += text;
    part.text = *part.joined;
  }

  FoldedAnswer answer_;
  // Where in `parts` each call stands.
  std::vector<std::size_t> calls_;
};

}  // namespace

FinishReason ReasonBehind(FinishReason said, bool called, bool refused) {
  if (said != FinishReason::kStop) return said;
  if (refused) return FinishReason::kFiltered;
  return called ? FinishReason::kToolCalls : FinishReason::kStop;
}

bool FoldedAnswer::Has(Kind kind) const {
  return std::any_of(
      parts.begin(), parts.end(),
      [kind](const FoldedPart& part) { return part.kind == kind; });
}

FinishReason FoldedAnswer::reason() const {
  return ReasonBehind(said_reason(), HasCalls(), Has(Kind::kRefusal));
}

FoldedAnswer Fold(std::span<const AnswerEvent> events) {
  Folder folder;
  for (const AnswerEvent& event : events) std::visit(folder, event);
  return std::move(folder.answer());
}

std::string CallId(const AnswerIdentity& identity, std::uint32_t call) {
  constexpr std::size_t kTail = 24;
  std::string_view tail = identity.id;
  tail.remove_prefix(tail.size() - std::min(tail.size(), kTail));
  return Concat("call_", tail, "_", call);
}

}  // namespace weir::dialect::canonical
