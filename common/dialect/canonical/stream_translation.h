// A stream of one dialect into a stream of another, as it comes.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_STREAM_TRANSLATION_H_
#define WEIR_COMMON_DIALECT_CANONICAL_STREAM_TRANSLATION_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/event_data.h"
#include "common/dialect/canonical/usage.h"

namespace weir::dialect::canonical {

// Holds no more of a stream than an event of kMaxEvent and what its writer
// keeps back. Not thread-safe.
class StreamTranslation {
 public:
  StreamTranslation(std::unique_ptr<AnswerReader> reader,
                    std::unique_ptr<AnswerWriter> writer)
      : reader_(std::move(reader)), writer_(std::move(writer)) {}

  // Adds to `out` what the next bytes come to; nothing more once ended() or
  // failed(). INVALID_ARGUMENT: the provider broke its own dialect;
  // RESOURCE_EXHAUSTED: it would take too much memory.
  absl::Status Feed(std::string_view piece, std::string& out);

  // The body is over, as its framing says. INVALID_ARGUMENT: the stream is not.
  absl::Status EndOfBody(std::string& out);

  // Adds how the client is told that the stream is only silent; nothing where
  // it has not begun or is over.
  void SayAlive(std::string& out);

  // Adds how the client is told that nothing follows: of failed(), or of what
  // the caller knows.
  void WriteError(const ApiError& error, std::string& out) {
    writer_->WriteError(error, out);
  }

  // The client has all of the answer and its end.
  bool ended() const { return ended_; }
  // The provider said that it failed: the client must be told (WriteError).
  const std::optional<ApiError>& failed() const { return failed_; }
  // The event by which it did.
  const std::string& failed_data() const { return failed_data_; }

  const Usage& usage() const { return usage_; }

 private:
  absl::Status Write(std::string& out);

  const std::unique_ptr<AnswerReader> reader_;
  const std::unique_ptr<AnswerWriter> writer_;
  EventData events_in_;
  AnswerEvents events_;
  Usage usage_;
  bool started_ = false;
  bool ended_ = false;
  std::optional<ApiError> failed_;
  std::string failed_data_;
};

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_STREAM_TRANSLATION_H_
