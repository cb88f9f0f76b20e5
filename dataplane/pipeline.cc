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
#include "dataplane/authenticate/client_auth.h"
#include "dataplane/commitment.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/estimated_count.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/recycled.h"
#include "dataplane/io/task.h"
#include "dataplane/key_admission.h"
#include "dataplane/open_answer.h"
#include "dataplane/plan/plan.h"
#include "dataplane/quota/key_pass.h"
#include "dataplane/read/admission.h"
#include "dataplane/relay/client_writer.h"
#include "dataplane/relay/relay.h"
#include "dataplane/request.h"
#include "dataplane/request_id.h"
#include "dataplane/request_log.h"
#include "dataplane/take_on.h"
#include "dataplane/take_up_trace.h"
#include "dataplane/understand/endpoint.h"
#include "dataplane/understand/model_list.h"
#include "dataplane/understand/understand.h"

namespace weir::dataplane {

using dialect::ApiError;

// What leads to an answer, apart from the coroutine: a stream that it led to
// may take minutes.
struct Pipeline::Search : io::Recycled {
  Search(const PipelineContext& context, const Plan& made,
         const Request& request, const Route& route, const RoutingView& view,
         Interrupt& interrupt, RepeatedUpstreamHead& head,
         AttemptRecords& records)
      : plan(made),
        attempts(context.attempt, request, route.upstream_path, *view.live,
                 interrupt, head, &records) {}

  const Plan plan;
  AttemptLoop attempts;
};

io::Task<Reuse> Pipeline::Serve(const IncomingRequest& incoming) {
  Request request = Begin(incoming.head, incoming.body);
  reading_.Read(*incoming.head);
  const Route& route = reading_.route();
  const std::shared_ptr<const RoutingView> view = context_.current.Pin();
  Admission::Hold hold;
  if (!TakeUp(route, view.get(), request, hold)) co_return co_await SendOwn();
  KeyPass pass;
  KeyVerdict verdict = AdmitByKey(request, pass, context_.attempt.clock);
  // Few limits are so small.
  if (verdict.ask != nullptr) {
    verdict = co_await AskForLimit(std::move(verdict), request, pass,
                                   context_.quota_wait, client_.interrupt,
                                   context_.attempt.clock);
  }
  if (HasQuotaNews(request)) context_.attempt.on_health_news();
  if (verdict.refusal != nullptr) {
    if (ClientLeft()) co_return Reuse::kClose;
    PutRefusal(request, *std::move(verdict.refusal), FactsOf(request));
    co_return co_await SendOwn();
  }
  DecisionLog::Entry decision =
      context_.decisions.Begin(request, view->snapshot);
  auto search = std::make_unique<Search>(
      context_, PlanFor(request, *view, decision), request, route, *view,
      client_.interrupt, upstream_head_, decision->attempts);
  AttemptsResult result = co_await search->attempts.Run(search->plan);
  NoteAttempts(request, result, decision->attempts);
  if (auto* answer = std::get_if<std::unique_ptr<Answer>>(&result.outcome)) {
    search.reset();
    const Commitment made = Commit(request, **answer, result, decision);
    log_.Relays((*answer)->is_stream, context_.attempt.clock);
    if (made.judged == nullptr) {
      co_return co_await Deliver(request, **answer, made, *view, decision);
    }
    // Most are whole, and go out in one write.
    const Written written = co_await client_.writer.Part(
        head_, (*answer)->held(), made.framing, ClientWriter::Last::kYes);
    co_return ConcludeWhole(request, **answer, written, made, *view, decision);
  }
  if (ClientLeft()) co_return Reuse::kClose;
  GiveUp(request, search->plan, result, decision);
  co_return co_await SendOwn();
}

Request Pipeline::Begin(const http1::RequestHead* head, std::string_view body) {
  Request request;
  request.head = head;
  request.body = body;
  request.received_at = context_.attempt.clock.Now();
  request.id = RequestId(context_.attempt.random);
  request.trace = TakeUpTrace(head, context_.traces, context_.attempt.random,
                              context_.account);
  log_.Begin(request, context_.attempt.clock, client_.writer.sent_bytes());
  return request;
}

bool Pipeline::TakeUp(const Route& route, const RoutingView* view,
                      Request& request, Admission::Hold& hold) {
  context_.account.report.bytes_from_clients +=
      request.head->size + request.body.size();
  request.dialect = route.dialect;
  log_.Routed(route.endpoint);
  std::string body;
  if (auto open = AnswerOpenly(route, view, context_.draining, body)) {
    if (open->status == 200) log_.Forget();
    PutOwn(request, *open, std::move(body), FactsOf(request), After(request));
    return false;
  }
  std::optional<ApiError> error =
      TakeOn(*request.head, context_.admission, context_.shedding,
             context_.attempt.random, hold);
  if (!error.has_value()) error = Authenticate(view, request);
  if (!error.has_value()) return Read(route, request);
  PutRefusal(request, RefusalOf(*error, *request.dialect), FactsOf(request));
  return false;
}

std::optional<ApiError> Pipeline::Authenticate(const RoutingView* view,
                                               Request& request) {
  if (view == nullptr) {
    return ApiError{503, "not_ready", "This gateway has no configuration yet."};
  }
  request.snapshot = &view->snapshot;
  auto client = remembered_.Authenticate(*request.head, view->snapshot.config,
                                         context_.attempt.clock.WallNow());
  if (ErrorOf(client) != nullptr) return std::get<ApiError>(std::move(client));
  request.client = std::get<const ClientEntry*>(client);
  log_.Understood(request);
  return std::nullopt;
}

bool Pipeline::Read(const Route& route, Request& request) {
  std::optional<ApiError> error;
  if (auto own = ModelAnswer(route, request)) {
    if (ErrorOf(*own) == nullptr) {
      PutOwn(request, {.status = 200}, std::get<std::string>(*std::move(own)),
             FactsOf(request), After(request));
      return false;
    }
    error = std::get<ApiError>(*std::move(own));
  } else {
    error = Understand(route, reading_.wishes(), context_.scanner, request);
    log_.Understood(request);
  }
  for (const std::string_view name : request.ignored_headers) {
    context_.account.OnIgnoredHeader(name);
  }
  if (!error.has_value()) return true;
  PutRefusal(request, RefusalOf(*error, *request.dialect), FactsOf(request));
  return false;
}

Plan Pipeline::PlanFor(const Request& request, const RoutingView& view,
                       DecisionLog::Entry& decision) {
  const AttemptContext& context = context_.attempt;
  log_.Plans(context.clock);
  decision->facts.draw = context.random.Uniform();
  Plan plan = MakePlan(request, *view.live, request.received_at,
                       decision->facts.draw, &decision->plan);
  decision->facts.by_affinity = plan.by_affinity;
  log_.Planned(plan, context.clock);
  return plan;
}

void Pipeline::NoteAttempts(const Request& request,
                            const AttemptsResult& result,
                            const AttemptRecords& records) {
  log_.Attempted(request, records);
  context_.account.OnAttempts(result.attempts);
  if (request.model.has_value()) {
    context_.account.OnHedge(ConfigOf(request).models[*request.model].name,
                             result.hedge);
  }
}

bool Pipeline::ClientLeft() {
  if (client_.interrupt.why() != Interrupt::Why::kClientGone) return false;
  ++context_.account.report.client_disconnects;
  log_.Failed("client_gone");
  return true;
}

void Pipeline::GiveUp(const Request& request, const Plan& plan,
                      const AttemptsResult& result,
                      DecisionLog::Entry& decision) {
  AnswerFacts facts = FactsOf(request);
  if (MayEstimateCount(request, plan)) {
    return PutEstimate(request, facts, decision);
  }
  const NoAnswer& none =
      *std::get<std::unique_ptr<const NoAnswer>>(result.outcome);
  facts.attempts = result.attempts;
  facts.overhead -= result.waited;
  if (none.candidate.has_value()) {
    facts.provider = ConfigOf(request).providers[none.candidate->provider].name;
  }
  Refusal refusal =
      RefusalOf(none, result.attempts, std::string(facts.provider),
                *request.dialect, context_.attempt.clock.Now());
  decision->facts.status = static_cast<std::uint16_t>(refusal.answer.status);
  decision->facts.error_code.Set(refusal.code);
  PutRefusal(request, std::move(refusal), facts);
}

void Pipeline::PutEstimate(const Request& request, const AnswerFacts& facts,
                           DecisionLog::Entry& decision) {
  Outcome<std::string> count = EstimatedCount(request);
  if (const ApiError* error = ErrorOf(count)) {
    Refusal refusal = RefusalOf(*error, *request.dialect);
    decision->facts.status = static_cast<std::uint16_t>(refusal.answer.status);
    decision->facts.error_code.Set(refusal.code);
    return PutRefusal(request, std::move(refusal), facts);
  }
  decision->facts.status = 200;
  Count(request, 200, facts.overhead);
  PutOwn(request, {.status = 200, .estimated = "input_tokens"},
         std::get<std::string>(std::move(count)), facts, After(request));
}

void Pipeline::PutRefusal(const Request& request, Refusal refusal,
                          const AnswerFacts& facts) {
  context_.account.OnError(refusal.code);
  log_.Failed(refusal.code);
  Count(request, refusal.answer.status,
        context_.attempt.clock.Now() - request.received_at);
  if (refusal.answer.status >= 500) {
    spdlog::warn("request {} answered {} {}: {}", request.id.text(),
                 refusal.answer.status, refusal.code, WordsForLog(refusal));
  }
  PutOwn(request, refusal.answer, std::move(refusal.body), facts,
         After(request));
}

void Pipeline::PutOwn(const Request& request, const OwnAnswer& answer,
                      std::string body, const AnswerFacts& facts,
                      AfterAnswer after) {
  after_own_ = after;
  log_.Answered(answer.status, facts);
  WriteOwnHead(answer, facts, body.size(), after_own_, head_);
  const bool head_alone =
      request.head != nullptr && request.head->method == http1::Method::kHead;
  if (head_alone) body.clear();
  own_body_ = std::move(body);
}

io::Task<Reuse> Pipeline::SendOwn() {
  // Nobody needs it afterwards, and some are long.
  const std::string body = std::exchange(own_body_, {});
  const Written written = co_await client_.writer.Whole(head_, body);
  co_return ReuseIf(written == Written::kOk &&
                    after_own_ == AfterAnswer::kKeepOpen);
}

io::Task<Reuse> Pipeline::Refuse(const ApiError& error,
                                 const http1::RequestHead* head) {
  const Request request = Begin(head, {});
  Refusal refusal = RefusalOf(
      error, head == nullptr ? dialect::OpenAi() : *RouteOf(*head).dialect);
  context_.account.OnError(refusal.code);
  context_.account.OnAnswerWithoutModel(error.status);
  log_.Failed(refusal.code);
  PutOwn(request, refusal.answer, std::move(refusal.body),
         {.request_id = request.id.text()}, AfterAnswer::kClose);
  co_return co_await SendOwn();
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
