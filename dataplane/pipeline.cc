#include "dataplane/pipeline.h"

#include <spdlog/spdlog.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "dataplane/account/account.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/account/refusal.h"
#include "dataplane/answer_usage.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/attempt.h"
#include "dataplane/attempt/attempt_loop.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/attempt/translate_answer.h"
#include "dataplane/authenticate/client_auth.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/estimated_count.h"
#include "dataplane/http1/head.h"
#include "dataplane/key_admission.h"
#include "dataplane/open_answer.h"
#include "dataplane/plan/plan.h"
#include "dataplane/quota/key_pass.h"
#include "dataplane/read/admission.h"
#include "dataplane/relay/answer_framing.h"
#include "dataplane/relay/relay.h"
#include "dataplane/relay_outcome.h"
#include "dataplane/request.h"
#include "dataplane/request_id.h"
#include "dataplane/request_log.h"
#include "dataplane/stream_in_flight.h"
#include "dataplane/take_on.h"
#include "dataplane/take_up_trace.h"
#include "dataplane/understand/endpoint.h"
#include "dataplane/understand/model_list.h"
#include "dataplane/understand/understand.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {
namespace {

using dialect::ApiError;

Reuse ReuseIf(bool may) { return may ? Reuse::kKeepOpen : Reuse::kClose; }

Plan PlanFor(const Request& request, const RoutingView& view,
             const AttemptContext& context, RequestLog& log,
             DecisionLog::Entry& decision) {
  log.Plans(context.clock);
  decision->facts.draw = context.random.Uniform();
  Plan plan = MakePlan(request, *view.live, request.received_at,
                       decision->facts.draw, &decision->plan);
  decision->facts.by_affinity = plan.by_affinity;
  log.Planned(plan, context.clock);
  return plan;
}

}  // namespace

io::Task<Reuse> Pipeline::Serve(const IncomingRequest& incoming) {
  Request request = Begin(incoming.head, incoming.body);
  context_.account.report.bytes_from_clients +=
      incoming.head->size + incoming.body.size();
  const Route route = RouteOf(*incoming.head);
  request.dialect = route.dialect;
  log_.Routed(route.endpoint);
  const std::shared_ptr<const RoutingView> view = context_.current.Pin();
  std::string body;
  if (auto open = AnswerOpenly(route, view.get(), context_.draining, body)) {
    if (open->status == 200) log_.Forget();
    co_return co_await SendOwn(request, *open, body, FactsOf(request));
  }
  Admission::Hold hold;
  std::optional<ApiError> error =
      TakeOn(*incoming.head, context_.admission, context_.shedding,
             context_.attempt.random, hold);
  if (!error.has_value() && view == nullptr) {
    error = {503, "not_ready", "This gateway has no configuration yet."};
  }
  if (!error.has_value()) {
    request.snapshot = &view->snapshot;
    auto client = remembered_.Authenticate(*request.head, view->snapshot.config,
                                           context_.attempt.clock.WallNow());
    if (ErrorOf(client) == nullptr) {
      request.client = std::get<const ClientEntry*>(client);
      co_return co_await Forward(route, request, *view);
    }
    error = std::get<ApiError>(std::move(client));
  }
  const Refusal refusal = RefusalOf(*error, *request.dialect);
  co_return co_await SendRefusal(request, refusal, FactsOf(request));
}

Request Pipeline::Begin(const http1::RequestHead* head, std::string_view body) {
  Request request;
  request.head = head;
  request.body = body;
  request.received_at = context_.attempt.clock.Now();
  request.id = RequestId(context_.attempt.random);
  request.trace = TakeUpTrace(head, context_.traces, context_.attempt.random,
                              context_.account);
  log_.Begin(request, context_.attempt.clock.WallNow(),
             client_.writer.sent_bytes());
  return request;
}

io::Task<Reuse> Pipeline::Forward(const Route& route, Request& request,
                                  const RoutingView& view) {
  log_.Understood(request);
  std::optional<ApiError> error;
  if (auto own = ModelAnswer(route, request)) {
    if (ErrorOf(*own) == nullptr) {
      const OwnAnswer found{.status = 200};
      co_return co_await SendOwn(request, found, std::get<std::string>(*own),
                                 FactsOf(request));
    }
    error = std::get<ApiError>(*std::move(own));
  } else {
    error = Understand(route, context_.scanner, request);
    log_.Understood(request);
  }
  for (const std::string_view name : request.ignored_headers) {
    context_.account.OnIgnoredHeader(name);
  }
  if (error.has_value()) {
    const Refusal refusal = RefusalOf(*error, *request.dialect);
    co_return co_await SendRefusal(request, refusal, FactsOf(request));
  }
  KeyPass pass;
  KeyVerdict verdict = AdmitByKey(request, pass, context_.attempt.clock);
  // Few limits are so small.
  if (verdict.ask != nullptr) {
    verdict = co_await AskForLimit(std::move(verdict), request, pass,
                                   context_.quota_wait, client_.interrupt,
                                   context_.attempt.clock);
  }
  if (HasQuotaNews(request)) context_.attempt.on_health_news();
  if (verdict.refusal.has_value()) {
    if (ClientLeft()) co_return Reuse::kClose;
    co_return co_await SendRefusal(request, *verdict.refusal, FactsOf(request));
  }
  DecisionLog::Entry decision =
      context_.decisions.Begin(request, view.snapshot);
  const Plan plan = PlanFor(request, view, context_.attempt, log_, decision);
  AttemptLoop attempts(context_.attempt, request, route.upstream_path,
                       *view.live, client_.interrupt, upstream_head_,
                       &decision->attempts);
  AttemptsResult result = co_await attempts.Run(plan);
  log_.Attempted(request, decision->attempts);
  context_.account.OnAttempts(result.attempts);
  if (request.model.has_value()) {
    context_.account.OnHedge(ConfigOf(request).models[*request.model].name,
                             result.hedge);
  }
  if (auto* answer = std::get_if<std::unique_ptr<Answer>>(&result.outcome)) {
    if (result.attempts > 1) ++context_.account.report.failovers;
    co_return co_await Deliver(request, **answer, result, view, decision);
  }
  if (ClientLeft()) co_return Reuse::kClose;
  if (MayEstimateCount(request, plan)) {
    co_return co_await SendEstimate(request, decision);
  }
  co_return co_await GiveUp(request, result, decision);
}

bool Pipeline::ClientLeft() {
  if (client_.interrupt.why() != Interrupt::Why::kClientGone) return false;
  ++context_.account.report.client_disconnects;
  log_.Failed("client_gone");
  return true;
}

io::Task<Reuse> Pipeline::SendEstimate(const Request& request,
                                       DecisionLog::Entry& decision) {
  const Outcome<std::string> count = EstimatedCount(request);
  if (const ApiError* error = ErrorOf(count)) {
    const Refusal refusal = RefusalOf(*error, *request.dialect);
    decision->facts.status = static_cast<std::uint16_t>(refusal.answer.status);
    decision->facts.error_code.Set(refusal.code);
    co_return co_await SendRefusal(request, refusal, FactsOf(request));
  }
  decision->facts.status = 200;
  const AnswerFacts facts = FactsOf(request);
  Count(request, 200, facts.overhead);
  const OwnAnswer answer{.status = 200, .estimated = "input_tokens"};
  co_return co_await SendOwn(request, answer, std::get<std::string>(count),
                             facts);
}

io::Task<Reuse> Pipeline::GiveUp(const Request& request,
                                 const AttemptsResult& result,
                                 DecisionLog::Entry& decision) {
  const NoAnswer& none = std::get<NoAnswer>(result.outcome);
  AnswerFacts facts = FactsOf(request);
  facts.attempts = result.attempts;
  facts.overhead -= result.waited;
  if (none.candidate.has_value()) {
    facts.provider = ConfigOf(request).providers[none.candidate->provider].name;
  }
  const Refusal refusal =
      RefusalOf(none, result.attempts, std::string(facts.provider),
                *request.dialect, context_.attempt.clock.Now());
  decision->facts.status = static_cast<std::uint16_t>(refusal.answer.status);
  decision->facts.error_code.Set(refusal.code);
  co_return co_await SendRefusal(request, refusal, facts);
}

io::Task<Reuse> Pipeline::Deliver(const Request& request, Answer& answer,
                                  const AttemptsResult& result,
                                  const RoutingView& view,
                                  DecisionLog::Entry& decision) {
  const RoutingConfig& config = ConfigOf(request);
  const ProviderEntry& provider = config.providers[answer.candidate.provider];
  AnswerFacts facts = FactsOf(request);
  const absl::Duration latency = facts.overhead;
  Count(request, answer.exchange->head().status, latency);
  std::optional<AttemptEnd> whole;
  std::optional<Settlement> settlement;
  if (IsWhole(answer)) {
    whole = EndOfWhole(answer, latency);
    settlement = context_.usage.Judge(request, answer.candidate, *whole);
    facts.cost = settlement->cost;
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
  log_.Answered(answer.exchange->head().status, facts);
  const AnswerFraming framing = FramingOf(request, answer);
  AfterAnswer after = After(request);
  if (std::holds_alternative<UntilClose>(framing)) after = AfterAnswer::kClose;
  const bool foreign = IsForeign(request, provider);
  (foreign ? WriteTranslatedHead : WriteAnswerHead)(
      answer.exchange->head(), facts, framing, after, answer.is_stream, head_);
  decision->facts.status =
      static_cast<std::uint16_t>(answer.exchange->head().status);
  Relay relay(request, answer, client_.writer, context_.attempt.wheel,
              client_.interrupt, provider.timeouts.stream_idle,
              answer.began + provider.timeouts.total);
  log_.Relays(answer.is_stream, context_.attempt.clock);
  std::optional<StreamInFlight> in_flight;
  if (answer.is_stream) {
    in_flight.emplace(context_.account.report.streams_in_flight);
  }
  const RelayResult end = co_await relay.Run(head_, framing);
  if (end.end == RelayEnd::kBroken &&
      std::holds_alternative<UntilClose>(framing)) {
    client_.writer.Abort();
  }
  if (end.end != RelayEnd::kComplete) settlement.reset();
  CountUsage(request, answer,
             EndOfRelayed(whole, answer, relay, end.end, latency),
             std::move(settlement), decision);
  AfterRelay(request, answer, end, view, decision);
  co_return ReuseIf(end.end == RelayEnd::kComplete &&
                    after == AfterAnswer::kKeepOpen);
}

void Pipeline::CountUsage(const Request& request, Answer& answer,
                          const AttemptEnd& end,
                          std::optional<Settlement> settlement,
                          DecisionLog::Entry& decision) {
  if (!settlement.has_value()) {
    settlement = context_.usage.Judge(request, answer.candidate, end);
  }
  context_.usage.Settle(request, answer.candidate, end, *settlement,
                        answer.usage_entry);
  log_.Used(*settlement);
  decision->facts.usage = settlement->usage;
  decision->facts.cost = settlement->cost;
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
                   request.id.text(),
                   ConfigOf(request).providers[answer.candidate.provider].name,
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
                client_.interrupt.why(), context_.attempt.clock.Now());
  if (news == News::kYes) context_.attempt.on_health_news();
}

io::Task<Reuse> Pipeline::SendRefusal(const Request& request,
                                      const Refusal& refusal,
                                      const AnswerFacts& facts) {
  context_.account.OnError(refusal.code);
  log_.Failed(refusal.code);
  Count(request, refusal.answer.status,
        context_.attempt.clock.Now() - request.received_at);
  if (refusal.answer.status >= 500) {
    spdlog::warn("request {} answered {} {}: {}", request.id.text(),
                 refusal.answer.status, refusal.code, WordsForLog(refusal));
  }
  co_return co_await SendOwn(request, refusal.answer, refusal.body, facts);
}

io::Task<Reuse> Pipeline::SendOwn(const Request& request,
                                  const OwnAnswer& answer,
                                  std::string_view body,
                                  const AnswerFacts& facts) {
  const AfterAnswer after = After(request);
  log_.Answered(answer.status, facts);
  WriteOwnHead(answer, facts, body.size(), after, head_);
  if (request.head->method == http1::Method::kHead) body = {};
  const Written written = co_await client_.writer.Whole(head_, body);
  co_return ReuseIf(written == Written::kOk && after == AfterAnswer::kKeepOpen);
}

io::Task<Reuse> Pipeline::Refuse(const ApiError& error,
                                 const http1::RequestHead* head) {
  const Request request = Begin(head, {});
  const Refusal refusal = RefusalOf(
      error, head == nullptr ? dialect::OpenAi() : *RouteOf(*head).dialect);
  context_.account.OnError(refusal.code);
  context_.account.OnAnswerWithoutModel(error.status);
  const AnswerFacts facts{.request_id = request.id.text()};
  log_.Failed(refusal.code);
  log_.Answered(refusal.answer.status, facts);
  WriteOwnHead(refusal.answer, facts, refusal.body.size(), AfterAnswer::kClose,
               head_);
  co_await client_.writer.Whole(head_, refusal.body);
  co_return Reuse::kClose;
}

AnswerFacts Pipeline::FactsOf(const Request& request) const {
  AnswerFacts facts{.request_id = request.id.text()};
  facts.overhead = context_.attempt.clock.Now() - request.received_at;
  facts.limits = LimitFactsOf(request, context_.attempt.clock);
  if (request.model.has_value()) {
    facts.model = ConfigOf(request).models[*request.model].name;
  }
  return facts;
}

AfterAnswer Pipeline::After(const Request& request) const {
  return request.head->says_close || context_.draining ? AfterAnswer::kClose
                                                       : AfterAnswer::kKeepOpen;
}

void Pipeline::Count(const Request& request, int status,
                     absl::Duration latency) {
  if (!request.model.has_value()) {
    return context_.account.OnAnswerWithoutModel(status);
  }
  context_.account.OnAnswer(ConfigOf(request).models[*request.model].name,
                            status, latency);
}

}  // namespace weir::dataplane
