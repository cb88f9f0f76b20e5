#include "dataplane/usage/settle.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/dialect/canonical/usage.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/usage_scan.h"

namespace weir::dataplane {
namespace {

using dialect::canonical::kMaxTokens;
using dialect::canonical::Provenance;
using dialect::canonical::Tokens;

std::uint32_t Bounded(std::uint64_t tokens) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(tokens, kMaxTokens));
}

std::uint64_t TokensIn(std::uint64_t bytes) {
  return (bytes + kBytesPerToken - 1) / kBytesPerToken;
}

// Of an answer that is not whole, whether what was said of its output is of all
// that came. Gemini counts with each event, OpenAI at the end; Anthropic at the
// end too, but at the begin it says a few as well.
bool IsOfAll(AnswerFormat format, const Tokens& said, std::uint32_t seen) {
  if (!said.has_value()) return false;
  return format != AnswerFormat::kMessages || *said >= seen / 2;
}

}  // namespace

std::uint32_t EstimateInput(std::size_t body_bytes,
                            std::uint64_t context_tokens) {
  const std::uint64_t tokens = TokensIn(body_bytes);
  return Bounded(context_tokens == 0 ? tokens
                                     : std::min(tokens, context_tokens));
}

Usage SettledUsage(Ending ending, AnswerFormat format, const Usage& reported,
                   std::uint32_t input_estimate, std::uint32_t output_seen) {
  Usage usage;
  if (ending == Ending::kNothing) return usage;
  usage = reported;
  bool guessed = !SaysUsage(format);
  if (format == AnswerFormat::kEmbeddings) output_seen = 0;
  if (SaysUsage(format) && !InputOf(usage).has_value()) {
    usage.fresh_input = input_estimate;
    guessed = true;
  }
  const Tokens said = OutputOf(usage);
  const bool enough = ending == Ending::kWhole
                          ? said.has_value()
                          : IsOfAll(format, said, output_seen);
  if (SaysUsage(format) && !enough) {
    usage.output = usage.output.value_or(0) + output_seen -
                   std::min(said.value_or(0), output_seen);
    guessed = true;
  }
  switch (ending) {
    case Ending::kWhole:
      usage.provenance =
          guessed ? Provenance::kEstimated : Provenance::kReported;
      break;
    case Ending::kBroken:
      usage.provenance = Provenance::kPartial;
      break;
    case Ending::kNotAwaited:
    case Ending::kNothing:
      usage.provenance = Provenance::kCancelled;
      break;
  }
  return usage;
}

void OutputMeter::OnEvents(std::size_t bytes, std::size_t events) {
  pending_ += bytes;
  if (events == 0) return;
  const std::uint64_t each = pending_ / events;
  smallest_ = events_ == 0 ? each : std::min(smallest_, each);
  event_bytes_ += pending_;
  events_ += events;
  pending_ = 0;
}

void OutputMeter::OnStream(std::string_view bytes) {
  std::size_t events = 0;
  for (std::size_t end = bytes.find('\n'); end != std::string_view::npos;
       end = bytes.find('\n', end + 1)) {
    const std::string_view next = bytes.substr(end + 1);
    if (next.starts_with('\n') || next.starts_with("\r\n")) ++events;
  }
  OnEvents(bytes.size(), events);
}

std::uint32_t OutputMeter::tokens() const {
  const std::uint64_t envelopes = events_ * smallest_;
  const std::uint64_t text =
      event_bytes_ > envelopes ? event_bytes_ - envelopes : 0;
  return Bounded(TokensIn(text_bytes_) + std::max(events_, TokensIn(text)));
}

}  // namespace weir::dataplane
