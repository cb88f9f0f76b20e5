// What the attempts for one request came to.
#ifndef WEIR_DATAPLANE_ATTEMPT_ANSWER_H_
#define WEIR_DATAPLANE_ATTEMPT_ANSWER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "common/dialect/canonical/stream_translation.h"
#include "common/dialect/dialect.h"
#include "common/recycled_text.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/recycled.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/quota/supply.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/usage_scan.h"
#include "dataplane/request.h"
#include "dataplane/usage/usage_entry.h"

namespace weir::dataplane {

// A provider's answer that the client shall have. Nothing of it has gone out.
// Handed on by pointer: it is large, and comes a long way.
struct Answer {
  static void* operator new(std::size_t size) { return io::TakeMemory(size); }
  static void operator delete(void* memory, std::size_t size) {
    io::GiveBackMemory(memory, size);
  }

  Candidate candidate;
  std::unique_ptr<Exchange> exchange;
  // What the provider's bytes are.
  AnswerFormat format = AnswerFormat::kOpaque;
  // An event stream that can be read as one.
  bool is_stream = false;
  // The body that was read so far, without framing. Of an answer in another
  // dialect than the client's: what a whole one is in the client's, and what
  // the provider said of a stream.
  std::string_view held() const {
    return (*copied).empty() ? piece : std::string_view(*copied);
  }
  // The stream begins with an error that is the client's own.
  bool refuses_request = false;
  // The body is whole: there is nothing to read any more.
  bool complete = false;

  // One of these holds it; `piece` refers to the exchange.
  std::string_view piece;
  RecycledText copied;

  // What makes a stream one of the client's dialect; null where it is.
  std::unique_ptr<dialect::canonical::StreamTranslation> translation = nullptr;
  // What of the request the provider did not get; constants.
  std::vector<std::string_view> dropped = {};
  // What a whole answer that was translated said of itself.
  std::optional<UsageReading> usage = std::nullopt;

  InFlight in_flight;
  // At its provider and target.
  SupplyPlace place = {};
  // Index in ProviderEntry::credentials.
  std::size_t credential = 0;
  absl::Time began = absl::InfinitePast();
  // The attempt's, in the request's trace; 0 where that has none.
  std::uint64_t span = 0;
  // Its success is recorded; otherwise it waits for the answer's end.
  bool recorded = false;
  // The attempt's, until somebody knows how it ended.
  UsageEntry usage_entry = {};
};

// Whether an answer is an event stream whose bytes can be read.
bool IsEventStream(const http1::ResponseHead& head);

// What the provider was called with, where the answer is an error and may
// repeat that; else empty.
std::string_view SecretToHide(const Answer& answer,
                              const ProviderEntry& provider);

// What `answer` to `request` came from. `live` is aligned with the request's
// configuration.
Asked AskedFor(const Request& request, const Answer& answer,
               const LiveState::View& live);

// No provider gave an answer that the client could have.
struct NoAnswer {
  // The last attempt's; absent when none was made.
  std::optional<Failure> failure;
  // A whole error answer of a provider, which says more than we could.
  std::optional<Candidate> candidate;
  std::string content_type;
  std::string body;
  // The last candidate was not asked: it was at one of its limits.
  bool at_capacity = false;
  // Why nobody who might have taken the request could be asked: none speaks
  // the client's dialect, and it can't be said in theirs.
  std::optional<dialect::ApiError> untranslatable;
  // When a target may be asked again; InfiniteFuture when nobody knows.
  absl::Time next_chance = absl::InfiniteFuture();
};

// Whether a second target was asked beside the first, and was quicker.
enum class HedgeOutcome { kNone, kLost, kWon };

struct AttemptsResult {
  // Neither is null.
  std::variant<std::unique_ptr<Answer>, std::unique_ptr<const NoAnswer>>
      outcome;
  int attempts = 0;
  // Time spent waiting for providers, for x-weir-overhead-ms.
  absl::Duration waited = absl::ZeroDuration();
  HedgeOutcome hedge = HedgeOutcome::kNone;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_ANSWER_H_
