// What becomes of one request after the other, noted as it happens.
#ifndef WEIR_DATAPLANE_ACCESS_REQUEST_LOG_H_
#define WEIR_DATAPLANE_ACCESS_REQUEST_LOG_H_

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "dataplane/access/access_log.h"
#include "dataplane/access/access_record.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/request.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {

// Does nothing where no log is kept. Not thread-safe; lives as long as its
// connection, and keeps its strings' memory.
class RequestLog {
 public:
  // `log` outlives this; null: none is kept.
  explicit RequestLog(AccessLog* log) : log_(log) {}

  // `sent_bytes` is what its client had got before.
  void Begin(const Request& request, absl::Time wall,
             std::uint64_t sent_bytes) {
    if (log_ == nullptr) return;
    open_ = true;
    received_at_ = request.received_at;
    record_.at = wall;
    record_.id = request.id;
    record_.trace = request.trace;
    record_.received_bytes = request.body.size();
    if (request.head != nullptr) record_.received_bytes += request.head->size;
    record_.sent_bytes = sent_bytes;
    record_.client_key.clear();
    record_.model.clear();
    record_.provider.clear();
    record_.error_code.clear();
    record_.status = 0;
    record_.attempts = 0;
    record_.is_stream = false;
    record_.usage.reset();
    record_.cost.reset();
    record_.overhead = absl::ZeroDuration();
  }
  // Nobody wants to read of it: a health check.
  void Forget() { open_ = false; }

  void Understood(const Request& request) {
    if (!open_) return;
    if (request.client != nullptr) {
      record_.client_key = request.client->name.value;
    }
    if (request.model.has_value()) {
      record_.model = ConfigOf(request).models[*request.model].name;
    }
  }
  void Answered(int status, const AnswerFacts& facts) {
    if (!open_) return;
    record_.status = status;
    record_.provider = facts.provider;
    record_.attempts = facts.attempts;
    record_.overhead = facts.overhead;
  }
  void Streamed() { record_.is_stream = true; }
  void Used(const Settlement& settlement) {
    if (!open_) return;
    record_.usage = settlement.usage;
    record_.cost = settlement.cost;
  }
  // Of weir's own code.
  void Failed(std::string_view code) {
    if (open_) record_.error_code = code;
  }

  // `sent_bytes` is what the client has got by now.
  void End(absl::Time now, std::uint64_t sent_bytes) {
    if (!open_) return;
    open_ = false;
    record_.took = now - received_at_;
    record_.sent_bytes = sent_bytes - record_.sent_bytes;
    log_->Add(record_);
  }

 private:
  AccessLog* const log_;
  bool open_ = false;
  absl::Time received_at_;
  AccessRecord record_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCESS_REQUEST_LOG_H_
