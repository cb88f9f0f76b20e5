// What became of one request.
#ifndef WEIR_CLI_LOADTEST_CHAT_ANSWER_H_
#define WEIR_CLI_LOADTEST_CHAT_ANSWER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/event_data.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/dialect.h"
#include "common/net/http_exchange.h"

namespace weir::loadtest {

// Who answers for a failure: that decides what it may have cost.
enum class Fault {
  kNone,      // It succeeded.
  kProvider,  // It refused, in its own words.
  kGateway,   // weir refused, or gave up.
  kUnknown,   // Nobody said anything that could be read.
};

struct Fate {
  Fault fault = Fault::kNone;
  // For people: `HTTP 503 no_healthy_provider`; empty where it succeeded.
  std::string failure = {};
  // Every further request would have the same fate: the key has no right to
  // this, or the node does not know the model.
  bool is_final = false;
  // Times that the provider was asked, 0 or more; absent where nobody said.
  std::optional<int> attempts = {};
  std::optional<absl::Duration> first_token = {};
  // As far as the provider said it.
  dialect::canonical::Usage usage = {};
};

// Reads one answer as it comes. Does no I/O and reads no clock. Not
// thread-safe.
class ChatAnswer {
 public:
  explicit ChatAnswer(dialect::Delivery delivery);

  // All of the body until now, `since_due` after the request was due.
  void OnBody(int status, std::string_view body, absl::Duration since_due);

  // The end. REQUIRES: called once, and last; `model` is what was asked for, by
  // the name that x-weir-model has.
  Fate End(const absl::StatusOr<net::HttpAnswer>& answer,
           const std::string& model);

 private:
  void ReadStream(std::string_view body, absl::Duration since_due);
  void Take(absl::Duration since_due);
  Fate Refused(const net::HttpAnswer& answer) const;
  // Why the answer is not whole; empty where it is.
  std::string Flaw(const net::HttpAnswer& answer);

  const dialect::Delivery delivery_;
  const std::unique_ptr<dialect::canonical::AnswerReader> reader_;
  dialect::canonical::EventData events_;
  // Of the body, that has been read.
  std::size_t read_ = 0;
  dialect::canonical::AnswerEvents taken_;

  std::optional<absl::Duration> first_token_;
  dialect::canonical::Usage usage_;
  bool ended_ = false;
  // What the provider said, or what was wrong with it.
  std::string failure_;
};

}  // namespace weir::loadtest

#endif  // WEIR_CLI_LOADTEST_CHAT_ANSWER_H_
