// The head of an answer to a client.
#ifndef WEIR_DATAPLANE_ACCOUNT_ANSWER_HEAD_H_
#define WEIR_DATAPLANE_ACCOUNT_ANSWER_HEAD_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "absl/time/time.h"
#include "dataplane/account/limit_facts.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {

// How the client will know where the answer ends.
struct KnownLength {
  std::uint64_t bytes;
};
struct Chunked {};
struct UntilClose {};
// 204 and 304.
struct NoBody {};
using AnswerFraming = std::variant<KnownLength, Chunked, UntilClose, NoBody>;

enum class AfterAnswer { kKeepOpen, kClose };

// How an answer was made, as its headers tell.
struct AnswerFacts {
  std::string_view request_id;
  // Empty where no provider was asked, no model named.
  std::string_view provider = {};
  std::string_view model = {};
  int attempts = 0;
  // What of the request the provider did not get: x-weir-dropped.
  std::span<const std::string_view> dropped = {};
  // US dollars: x-weir-cost-usd. Absent where it is not known, or not yet.
  std::optional<double> cost = std::nullopt;
  // Of the client key.
  LimitFacts limits = {};
  // What the provider was called with, where it may have repeated that: no line
  // of its head that does goes out.
  std::string_view secret = {};
  // Time spent by weir itself.
  absl::Duration overhead = absl::ZeroDuration();
};

// A provider's answer with its own headers, less what stays between weir and
// the provider. `is_stream` adds what keeps intermediaries from buffering.
// `text` is overwritten; it may not hold what the arguments refer to.
void WriteAnswerHead(const http1::ResponseHead& provider_head,
                     const AnswerFacts& facts, const AnswerFraming& framing,
                     AfterAnswer after, bool is_stream, std::string& text);

// The same for an answer that was translated: what the provider's headers say
// is not of what the client gets.
void WriteTranslatedHead(const http1::ResponseHead& provider_head,
                         const AnswerFacts& facts, const AnswerFraming& framing,
                         AfterAnswer after, bool is_stream, std::string& text);

// Where an error comes from: x-weir-error-source.
enum class ErrorSource { kGateway, kProvider };

// What an answer of weir's own says beside its body.
struct OwnAnswer {
  int status;
  std::string_view content_type = "application/json";
  std::optional<ErrorSource> error_source = std::nullopt;
  // For SDKs, which retry by themselves: x-should-retry.
  std::optional<bool> should_retry = std::nullopt;
  // Said in whole seconds, 1 to 60, and in milliseconds: openai-node ignores
  // longer ones, and Anthropic's SDK would obey any.
  std::optional<absl::Duration> retry_after = std::nullopt;
  std::string_view allow = {};
  // What in the body nobody counted: x-weir-estimated.
  std::string_view estimated = {};
};

void WriteOwnHead(const OwnAnswer& answer, const AnswerFacts& facts,
                  std::uint64_t body_bytes, AfterAnswer after,
                  std::string& text);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCOUNT_ANSWER_HEAD_H_
