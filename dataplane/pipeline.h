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
#include "dataplane/authenticate/client_auth.h"
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

// The client of one request: where its answer goes, how it makes itself heard.
struct ClientSide {
  ClientWriter& writer;
  Interrupt& interrupt;
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
    log_.End(context_.attempt.clock.Now(), client_.writer.sent_bytes());
  }

 private:
  // What is known of a request as it comes.
  Request Begin(const http1::RequestHead* head, std::string_view body);
  io::Task<Reuse> Forward(const Route& route, Request& request,
                          const RoutingView& view);
  io::Task<Reuse> Deliver(const Request& request, Answer& answer,
                          const AttemptsResult& result, const RoutingView& view,
                          DecisionLog::Entry& decision);
  // Whether nobody waits for the answer any more; then it is counted.
  bool ClientLeft();
  // Of a count that no provider could be asked for.
  io::Task<Reuse> SendEstimate(const Request& request,
                               DecisionLog::Entry& decision);
  // REQUIRES: `result` is no answer.
  io::Task<Reuse> GiveUp(const Request& request, const AttemptsResult& result,
                         DecisionLog::Entry& decision);
  io::Task<Reuse> SendRefusal(const Request& request, const Refusal& refusal,
                              const AnswerFacts& facts);
  io::Task<Reuse> SendOwn(const Request& request, const OwnAnswer& answer,
                          std::string_view body, const AnswerFacts& facts);
  // `settlement` is that of `end`; absent where nobody has judged it yet.
  void CountUsage(const Request& request, Answer& answer, const AttemptEnd& end,
                  std::optional<Settlement> settlement,
                  DecisionLog::Entry& decision);
  void AfterRelay(const Request& request, const Answer& answer,
                  const RelayResult& result, const RoutingView& view,
                  DecisionLog::Entry& decision);
  AnswerFacts FactsOf(const Request& request) const;
  AfterAnswer After(const Request& request) const;
  void Count(const Request& request, int status, absl::Duration latency);

  const PipelineContext& context_;
  const ClientSide client_;
  // Kept from request to request for its memory.
  std::string head_;
  std::string upstream_head_;
  RememberedClient remembered_;
  RequestLog log_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PIPELINE_H_
