// A request, top to bottom.
#ifndef WEIR_DATAPLANE_PIPELINE_H_
#define WEIR_DATAPLANE_PIPELINE_H_

#include <optional>
#include <string>
#include <string_view>

#include "dataplane/access/access_log.h"
#include "dataplane/account/account.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/account/refusal.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/attempt_loop.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/repeated_upstream_head.h"
#include "dataplane/authenticate/client_auth.h"
#include "dataplane/commitment.h"
#include "dataplane/current_snapshot.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/task.h"
#include "dataplane/quota_wait.h"
#include "dataplane/read/admission.h"
#include "dataplane/read/load_shedding.h"
#include "dataplane/read/request_reader.h"
#include "dataplane/relay/client_writer.h"
#include "dataplane/relay/relay.h"
#include "dataplane/request.h"
#include "dataplane/request_log.h"
#include "dataplane/trace/trace_log.h"
#include "dataplane/understand/body_scan.h"
#include "dataplane/understand/endpoint.h"
#include "dataplane/understand/head_reading.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {

// What the requests of one worker share; all of it is used on its thread only.
struct PipelineContext {
  AttemptContext attempt;
  CurrentSnapshot& current;
  Admission& admission;
  LoadShedding& shedding;
  Account& account;
  UsageBook& usage;
  // Null where no access log is kept.
  AccessLog* access_log;
  // Null where no traces are kept.
  TraceLog* traces;
  DecisionLog& decisions;
  QuotaWait& quota_wait;
  BodyScanner& scanner;
  // The node was told to stop: answers end their connections.
  const bool& draining;
};

// What becomes of the client's connection after its request.
enum class Reuse { kKeepOpen, kClose };
inline Reuse ReuseIf(bool may) {
  return may ? Reuse::kKeepOpen : Reuse::kClose;
}

// The client of one request: where its answer goes, how it makes itself heard.
struct ClientSide {
  ClientWriter& writer;
  Interrupt& interrupt;
  RequestReader& reader;
};

// Serves one request: authenticate, understand, plan, attempt, relay, account.
// Lives on its connection's coroutine.
class Pipeline {
 public:
  // All outlive this.
  Pipeline(const PipelineContext& context, ClientSide client)
      : context_(context),
        client_(client),
        log_(context.access_log, context.traces) {}

  io::Task<Reuse> Serve(const IncomingRequest& incoming);

  // A request that could not be read: answers, and closes. `head` is null where
  // even that could not be.
  io::Task<Reuse> Refuse(const dialect::ApiError& error,
                         const http1::RequestHead* head);

  // The request that was served or refused is over.
  void Finish() {
    log_.End(context_.attempt.clock, client_.writer.sent_bytes());
  }

 private:
  struct Search;

  // What is known of a request as it comes.
  Request Begin(const http1::RequestHead* head, std::string_view body);
  // Whether the request goes on to a provider; otherwise what it gets instead
  // is there for SendOwn(). `view` is null while there is no configuration.
  bool TakeUp(const Route& route, const RoutingView* view, Request& request,
              Admission::Hold& hold);
  std::optional<dialect::ApiError> Authenticate(const RoutingView* view,
                                                Request& request);
  // As TakeUp(), which it is the rest of.
  bool Read(const Route& route, Request& request);
  Plan PlanFor(const Request& request, const RoutingView& view,
               DecisionLog::Entry& decision);
  void NoteAttempts(const Request& request, const AttemptsResult& result,
                    const AttemptRecords& records);
  // Writes the answer's head into head_.
  Commitment Commit(const Request& request, const Answer& answer,
                    const AttemptsResult& result, DecisionLog::Entry& decision);
  // The rest of an answer that is not whole.
  io::Task<Reuse> Deliver(const Request& request, Answer& answer,
                          const Commitment& made, const RoutingView& view,
                          DecisionLog::Entry& decision);
  // Of an answer that went out in one write.
  Reuse ConcludeWhole(const Request& request, Answer& answer, Written written,
                      const Commitment& made, const RoutingView& view,
                      DecisionLog::Entry& decision);
  Reuse ConcludeRelayed(const Request& request, Answer& answer,
                        const Relay& relay, const RelayResult& result,
                        const Commitment& made, const RoutingView& view,
                        DecisionLog::Entry& decision);
  Reuse Conclude(const Request& request, Answer& answer, AttemptEnd& end,
                 const RelayResult& result, const Commitment& made,
                 const RoutingView& view, DecisionLog::Entry& decision);
  void CountUsage(const Request& request, Answer& answer, const AttemptEnd& end,
                  const Settlement& settlement, DecisionLog::Entry& decision);
  // Of a decision that knows when it ended.
  void AfterRelay(const Request& request, const Answer& answer,
                  const RelayResult& result, const RoutingView& view,
                  DecisionLog::Entry& decision);
  // Whether nobody waits for the answer any more; then it is counted.
  bool ClientLeft();
  // REQUIRES: `result` is no answer.
  void GiveUp(const Request& request, const Plan& plan,
              const AttemptsResult& result, DecisionLog::Entry& decision);
  // Of a count that no provider could be asked for.
  void PutEstimate(const Request& request, const AnswerFacts& facts,
                   DecisionLog::Entry& decision);
  // An answer of weir's own, for SendOwn().
  void PutRefusal(const Request& request, Refusal refusal,
                  const AnswerFacts& facts);
  void PutOwn(const Request& request, const OwnAnswer& answer, std::string body,
              const AnswerFacts& facts, AfterAnswer after);
  io::Task<Reuse> SendOwn();
  AnswerFacts FactsOf(const Request& request) const;
  AfterAnswer After(const Request& request) const;
  void Count(const Request& request, int status, absl::Duration latency);

  const PipelineContext& context_;
  const ClientSide client_;
  // Kept from request to request for its memory.
  std::string head_;
  RepeatedUpstreamHead upstream_head_;
  // With a head in head_, until it is sent.
  std::string own_body_;
  AfterAnswer after_own_ = AfterAnswer::kClose;
  HeadReading reading_;
  RememberedClient remembered_;
  RequestLog log_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PIPELINE_H_
