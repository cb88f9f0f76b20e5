// One request off a connection: head and body, within limits.
#ifndef WEIR_DATAPLANE_READ_REQUEST_READER_H_
#define WEIR_DATAPLANE_READ_REQUEST_READER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "common/dialect/dialect.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/repeated_head.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/read/admission.h"
#include "dataplane/worker.h"

namespace weir::dataplane {

namespace asio = boost::asio;

// The body is good until Finish(), the head until the next ReadHead().
struct IncomingRequest {
  const http1::RequestHead* head;
  // simdjson's padding follows it.
  std::string_view body;
};

// The client ended the connection, or was idle for too long.
struct Gone {};

// An error leaves the connection in no state to be read on: it is answered and
// closed.
using ReadOutcome = std::variant<IncomingRequest, dialect::ApiError, Gone>;

// Reads request after request; strictly one at a time. Errors: 400
// bad_request (framing), 408 request_timeout, 413 request_too_large, 417, 431,
// 501, 503 overloaded, 505.
//
// Not thread-safe; lives as long as its connection.
class RequestReader {
 public:
  // All outlive this.
  RequestReader(io::Stream& stream, io::TimerWheel& wheel, Admission& admission,
                const WorkerLimits& limits);

  // `co_await` gives an std::optional<ReadOutcome>: nothing where the head is
  // there and ReadBody() comes next, for most bodies come with their head. No
  // coroutine, for every request waits in it.
  class ReadingHead;
  ReadingHead ReadHead();
  io::Task<ReadOutcome> ReadBody();

  // Of the request that could not be read; null where that came no further than
  // its head. Good until the next ReadHead().
  const http1::RequestHead* head() const {
    return head_is_whole_ ? &head_ : nullptr;
  }

  // Nobody needs the request's bytes any more: gives their memory back. Once a
  // request, or more often.
  void Finish();

 private:
  using Problem = std::optional<dialect::ApiError>;

  void BeginRequest();
  // Of what has come.
  Problem ParseHead();
  bool BodyIsHere();
  IncomingRequest WholeRequest();
  io::Task<Problem> ReadByFraming();
  io::Task<Problem> ReadLength();
  io::Task<Problem> ReadChunks();
  // Whatever the client sends next, behind the `filled` bytes of body_.
  io::Task<std::size_t> ReadMoreBody(std::size_t filled);
  io::Task<Problem> SayContinue();
  Problem Reserve(std::size_t bytes, std::size_t keep);
  dialect::ApiError TooLarge() const;
  dialect::ApiError BodyEnded() const;

  io::Stream& stream_;
  io::TimerWheel& wheel_;
  Admission& admission_;
  const WorkerLimits& limits_;
  // Cancels the pending read.
  io::TimerWheel::Timer deadline_;
  bool expired_ = false;

  http1::RepeatedHead heads_;
  const http1::RequestHead& head_ = heads_.head();
  // A part of it has come.
  bool head_began_ = false;
  bool head_is_whole_ = false;
  bool finished_ = true;
  // Bodies that did not come with their head stand here, others in the input.
  std::unique_ptr<char[]> body_;
  std::size_t body_capacity_ = 0;
  std::size_t body_size_ = 0;
  bool body_in_input_ = false;
  // Bytes behind the head from which body_ was decoded.
  std::size_t left_in_input_ = 0;
  Admission::Hold bytes_held_;
};

// Lives in the coroutine that awaits it.
class RequestReader::ReadingHead final : public io::Stream::Operation {
 public:
  explicit ReadingHead(RequestReader& reader)
      : Operation(reader.stream_, Operation::Try<ReadingHead>),
        reader_(reader) {}

  bool await_ready();
  bool Try();
  std::optional<ReadOutcome> await_resume();

 private:
  RequestReader& reader_;
  Problem problem_;
};

inline RequestReader::ReadingHead RequestReader::ReadHead() {
  return ReadingHead(*this);
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_READ_REQUEST_READER_H_
