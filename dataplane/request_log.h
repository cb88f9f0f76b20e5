// What becomes of one request after the other, noted as it happens.
#ifndef WEIR_DATAPLANE_REQUEST_LOG_H_
#define WEIR_DATAPLANE_REQUEST_LOG_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "common/clock.h"
#include "dataplane/access/access_log.h"
#include "dataplane/access/access_record.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"
#include "dataplane/trace/trace_log.h"
#include "dataplane/trace/traced_request.h"
#include "dataplane/trace_context.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {

// For the access log and for traces. Does nothing where neither is kept. Not
// thread-safe; lives as long as its connection, and keeps its strings' memory.
class RequestLog {
 public:
  // Both outlive this; null: none is kept.
  RequestLog(AccessLog* log, TraceLog* traces) : log_(log), traces_(traces) {}

  // `sent_bytes` is what its client had got before.
  void Begin(const Request& request, const Clock& clock,
             std::uint64_t sent_bytes) {
    if (log_ == nullptr && traces_ == nullptr) return;
    Open(request, clock.WallNow(), sent_bytes);
  }
  // Nobody wants to read of it: a health check.
  void Forget() {
    open_ = false;
    stages_.reset();
  }

  void Routed(Endpoint endpoint) {
    if (stages_ != nullptr) stages_->endpoint = endpoint;
  }
  void Understood(const Request& request) {
    if (!open_) return;
    if (request.client != nullptr) {
      record_->client_key = request.client->name.value;
    }
    if (request.model.has_value()) {
      record_->model = ConfigOf(request).models[*request.model].name;
    }
  }
  void Plans(const Clock& clock) {
    if (stages_ != nullptr) stages_->plan.emplace().began_at = clock.Now();
  }
  // REQUIRES: Plans() was called.
  void Planned(const Plan& plan, const Clock& clock) {
    if (stages_ == nullptr) return;
    stages_->plan->ended_at = clock.Now();
    stages_->plan->candidates = plan.candidates().size();
    stages_->plan->by_affinity = plan.by_affinity;
  }
  void Attempted(const Request& request, const AttemptRecords& attempts) {
    if (stages_ == nullptr) return;
    stages_->attempts = TracedAttemptsOf(attempts, ConfigOf(request));
  }
  void Answered(int status, const AnswerFacts& facts) {
    if (!open_) return;
    record_->status = status;
    record_->provider = facts.provider;
    record_->attempts = facts.attempts;
    record_->overhead = facts.overhead;
  }
  // A provider's answer is about to go to the client.
  void Relays(bool is_stream, const Clock& clock) {
    if (!open_) return;
    record_->is_stream = is_stream;
    if (stages_ != nullptr) stages_->relay_began_at = clock.Now();
  }
  void Used(const Settlement& settlement) {
    if (!open_) return;
    record_->usage = settlement.usage;
    record_->cost = settlement.cost;
  }
  // Of weir's own code.
  void Failed(std::string_view code) {
    if (open_) record_->error_code = code;
  }

  // `sent_bytes` is what the client has got by now.
  void End(const Clock& clock, std::uint64_t sent_bytes) {
    if (open_) Close(clock.Now(), sent_bytes);
  }

 private:
  // Apart, so that what has nothing to do takes no room where it is called.
  void Open(const Request& request, absl::Time wall, std::uint64_t sent_bytes) {
    const bool traced = traces_ != nullptr && request.trace.has_value() &&
                        request.trace->sampled() == Sampled::kYes;
    open_ = log_ != nullptr || traced;
    if (!open_) return;
    if (record_ == nullptr) record_ = std::make_unique<AccessRecord>();
    received_at_ = request.received_at;
    record_->at = wall;
    record_->id = request.id;
    record_->trace = request.trace;
    record_->received_bytes = request.body.size();
    if (request.head != nullptr) record_->received_bytes += request.head->size;
    record_->sent_bytes = sent_bytes;
    record_->client_key.clear();
    record_->model.clear();
    record_->provider.clear();
    record_->error_code.clear();
    record_->status = 0;
    record_->attempts = 0;
    record_->is_stream = false;
    record_->usage.reset();
    record_->cost.reset();
    record_->overhead = absl::ZeroDuration();
    if (!traced) return;
    stages_ = std::make_unique<TracedRequest>();
    stages_->received_at = request.received_at;
    if (request.head != nullptr) stages_->method = request.head->method;
  }
  void Close(absl::Time now, std::uint64_t sent_bytes) {
    open_ = false;
    record_->took = now - received_at_;
    record_->sent_bytes = sent_bytes - record_->sent_bytes;
    if (log_ != nullptr) log_->Add(*record_);
    if (stages_ == nullptr) return;
    stages_->record = *record_;
    traces_->Add(std::move(*stages_));
    stages_.reset();
  }

  AccessLog* const log_;
  TraceLog* const traces_;
  bool open_ = false;
  absl::Time received_at_;
  // Null until the first that is noted.
  std::unique_ptr<AccessRecord> record_;
  // What spans tell beyond the record, which it gets at the end; null where
  // nobody wants them.
  std::unique_ptr<TracedRequest> stages_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_REQUEST_LOG_H_
