#include <spdlog/spdlog.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/account/account.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/answer_usage.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/attempt.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/attempt/translate_answer.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/recycled.h"
#include "dataplane/io/task.h"
#include "dataplane/pipeline.h"
#include "dataplane/relay/answer_framing.h"
#include "dataplane/relay/relay.h"
#include "dataplane/relay_outcome.h"
#include "dataplane/request.h"
#include "dataplane/request_log.h"
#include "dataplane/snapshot.h"
#include "dataplane/stream_in_flight.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {
namespace {

const ProviderEntry& ProviderOf(const Request& request, const Answer& answer) {
  return ConfigOf(request).providers[answer.candidate.provider];
}

}  // namespace

io::Task<Reuse> Pipeline::Deliver(const Request& request, Answer& answer,
                                  const Commitment& made,
                                  const RoutingView& view,
                                  DecisionLog::Entry& decision) {
  const config::Timeouts& timeouts = ProviderOf(request, answer).timeouts;
  Relay relay(request, answer, client_.writer, context_.attempt.wheel,
              client_.interrupt, timeouts.stream_idle,
              answer.began + timeouts.total);
  std::optional<StreamInFlight> in_flight;
  if (answer.is_stream) {
    // It may take minutes: of the request's body only the size counts now, and
    // of what went to the provider nothing.
    client_.reader.Finish();
    upstream_head_.Forget();
    in_flight.emplace(context_.account.report.streams_in_flight);
  }
  const RelayResult result = co_await relay.Run(std::move(head_), made.framing);
  if (result.end == RelayEnd::kBroken &&
      std::holds_alternative<UntilClose>(made.framing)) {
    client_.writer.Abort();
  }
  co_return ConcludeRelayed(request, answer, relay, result, made, view,
                            decision);
}

// These two apart from their coroutines: a stream's frames need not hold its
// end.
Reuse Pipeline::ConcludeWhole(const Request& request, Answer& answer,
                              Written written, const Commitment& made,
                              const RoutingView& view,
                              DecisionLog::Entry& decision) {
  const RelayResult sent{
      written == Written::kOk ? RelayEnd::kComplete : RelayEnd::kClientGone,
      {}};
  NoteSent(sent.end, made.judged->end);
  return Conclude(request, answer, made.judged->end, sent, made, view,
                  decision);
}

Reuse Pipeline::ConcludeRelayed(const Request& request, Answer& answer,
                                const Relay& relay, const RelayResult& result,
                                const Commitment& made, const RoutingView& view,
                                DecisionLog::Entry& decision) {
  AttemptEnd end = EndOfRelayed(answer, relay, result.end, made.latency);
  return Conclude(request, answer, end, result, made, view, decision);
}

Reuse Pipeline::Conclude(const Request& request, Answer& answer,
                         AttemptEnd& end, const RelayResult& result,
                         const Commitment& made, const RoutingView& view,
                         DecisionLog::Entry& decision) {
  // Asked once: each look at the clock costs as much as a copied answer.
  decision->facts.ended_at = context_.attempt.clock.Now();
  end.ended_at = decision->facts.ended_at;
  if (made.judged != nullptr && result.end == RelayEnd::kComplete) {
    CountUsage(request, answer, end, made.judged->settlement, decision);
  } else {
    CountUsage(request, answer, end,
               context_.usage.Judge(request, answer.candidate, end), decision);
  }
  AfterRelay(request, answer, result, view, decision);
  return ReuseIf(result.end == RelayEnd::kComplete &&
                 made.after == AfterAnswer::kKeepOpen);
}

Commitment Pipeline::Commit(const Request& request, const Answer& answer,
                            const AttemptsResult& result,
                            DecisionLog::Entry& decision) {
  const RoutingConfig& config = ConfigOf(request);
  const ProviderEntry& provider = ProviderOf(request, answer);
  const http1::ResponseHead& head = answer.exchange->head();
  AnswerFacts facts = FactsOf(request);
  Commitment made{FramingOf(request, answer), After(request), facts.overhead,
                  nullptr};
  if (std::holds_alternative<UntilClose>(made.framing)) {
    made.after = AfterAnswer::kClose;
  }
  Count(request, head.status, made.latency);
  if (result.attempts > 1) ++context_.account.report.failovers;
  if (IsWhole(answer)) {
    // Without setting it to zero first.
    auto judged = std::make_unique_for_overwrite<Judged>();
    judged->end = EndOfWhole(answer, made.latency);
    judged->settlement =
        context_.usage.Judge(request, answer.candidate, judged->end);
    facts.cost = judged->settlement.cost;
    made.judged = std::move(judged);
  }
  if (answer.is_stream && request.model.has_value()) {
    context_.account.OnFirstToken(config.models[*request.model].name,
                                  facts.overhead);
  }
  facts.provider = provider.name;
  facts.secret = SecretToHide(answer, provider);
  facts.dropped = answer.dropped;
  context_.account.OnDropped(answer.dropped);
  facts.attempts = result.attempts;
  facts.overhead -= result.waited;
  context_.account.report.overhead.Add(facts.overhead);
  if (answer.candidate.target.has_value()) {
    facts.model = config.models[answer.candidate.model].name;
  }
  log_.Answered(head.status, facts);
  decision->facts.status = static_cast<std::uint16_t>(head.status);
  (IsForeign(request, provider) ? WriteTranslatedHead : WriteAnswerHead)(
      head, facts, made.framing, made.after, answer.is_stream, head_);
  return made;
}

void Pipeline::CountUsage(const Request& request, Answer& answer,
                          const AttemptEnd& end, const Settlement& settlement,
                          DecisionLog::Entry& decision) {
  context_.usage.Settle(request, answer.candidate, end, settlement,
                        answer.usage_entry);
  log_.Used(settlement);
  decision->facts.usage = settlement.usage;
  decision->facts.cost = settlement.cost;
}

void Pipeline::AfterRelay(const Request& request, const Answer& answer,
                          const RelayResult& result, const RoutingView& view,
                          DecisionLog::Entry& decision) {
  WorkerReport& report = context_.account.report;
  switch (result.end) {
    case RelayEnd::kComplete:
      if (answer.is_stream) ++report.streams_completed;
      break;
    case RelayEnd::kClientGone:
      ++report.client_disconnects;
      log_.Failed("client_gone");
      decision->facts.error_code.Set("client_gone");
      break;
    case RelayEnd::kBroken:
      // Recorded when it was understood.
      if (answer.refuses_request) return;
      ++report.streams_broken;
      context_.account.OnError("stream_interrupted");
      spdlog::warn("request {} provider {}: answer broke off: {}",
                   request.id.text(), ProviderOf(request, answer).name,
                   result.reason);
      log_.Failed("stream_interrupted");
      decision->facts.error_code.Set("stream_interrupted");
      decision->attempts.FailLast(BlameOf(result, client_.interrupt.why()),
                                  result.reason);
      break;
  }
  if (answer.recorded) return;
  const News news =
      RecordEnd(AskedFor(request, answer, *view.live), result,
                client_.interrupt.why(), decision->facts.ended_at);
  if (news == News::kYes) context_.attempt.on_health_news();
}

}  // namespace weir::dataplane
