// One request and its answer on one connection.
#ifndef WEIR_DATAPLANE_ATTEMPT_HTTP_EXCHANGE_H_
#define WEIR_DATAPLANE_ATTEMPT_HTTP_EXCHANGE_H_

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "dataplane/attempt/connection_pool.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/http1/chunked.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/fetch_ahead.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/task.h"

namespace weir::dataplane {

class HttpExchange final : public Exchange {
 public:
  // `interrupt` outlives this.
  HttpExchange(std::unique_ptr<Connection> connection,
               std::shared_ptr<ConnectionPool> pool, Interrupt& interrupt);
  ~HttpExchange() override;

  // Sends the request and reads the answer's head: `co_await` gives an
  // std::optional<Failure>, where nothing says that all is well. A failure with
  // Stage::kUnanswered says that not one byte came back. `request`'s bytes stay
  // until then.
  class Starting;
  Starting Start(UpstreamRequest request);

  const http1::ResponseHead& head() const override {
    return connection_->heads.head();
  }
  std::optional<absl::StatusOr<BodyPiece>> TakeBody() override;
  void SetAhead(const io::FetchAhead& ahead) override;
  void Nudge() override { connection_->stream->Nudge(); }
  void ListenTo(Interrupt& interrupt) override { interrupt_ = &interrupt; }

 private:
  // Goes on reading until there is a piece.
  class Input final : public io::Stream::Operation {
   public:
    explicit Input(HttpExchange& exchange);
    // Of what was read already.
    bool TryTake();
    // Whose pieces are first; null: nobody's.
    void SetTaker(Taker* taker) { taker_ = taker; }
    bool Try();
    // REQUIRES: Try() was true, or it was waited for in vain.
    absl::StatusOr<BodyPiece> Take();

   private:
    HttpExchange& exchange_;
    Taker* taker_ = nullptr;
    bool has_piece_ = false;
    absl::StatusOr<BodyPiece> piece_ = BodyPiece{};
  };

  bool TryReadBody(Taker* taker) override;
  void Await(std::coroutine_handle<> reader) override;
  absl::StatusOr<BodyPiece> TakeRead() override;

  // The next piece of what was read; false: there is none.
  bool Take(absl::StatusOr<BodyPiece>& piece);
  // Of what has come.
  http1::ParseResult ParseHead(http1::Method method);
  // What an end of the input means.
  absl::StatusOr<BodyPiece> AtEnd(io::error_code error);
  // Of the input, by the body's framing; nullopt where that is bad.
  std::optional<BodyPiece> TakeInput();
  BodyPiece TakeLength();
  // Nearly all that comes: the input is one chunk, and nothing else.
  bool TakeWholeChunk(BodyPiece& chunk);
  std::optional<BodyPiece> TakeChunks();
  Failure Broken(Stage stage, std::string reason) const;
  // The connection ended before the answer's head was whole.
  Failure Cut(io::error_code error, bool after_interim) const;

  std::unique_ptr<Connection> connection_;
  const std::shared_ptr<ConnectionPool> pool_;
  Interrupt* interrupt_;

  io::FetchAhead ahead_;
  http1::ChunkedDecoder decoder_;
  // Of a body with a length: bytes that have not come yet.
  std::uint64_t remaining_ = 0;
  // Input that the last piece refers to.
  std::size_t lent_ = 0;
  // Pieces of several chunks, put together.
  std::string joined_;
  bool whole_ = false;
  // The provider did not take all of the request.
  bool unsent_ = false;
  // Somebody waits for a piece.
  std::optional<Interrupt::Scope> waiting_;
  Input more_{*this};
};

// Lives in the coroutine that awaits it.
class HttpExchange::Starting final : public io::Stream::Operation {
 public:
  Starting(HttpExchange& exchange, UpstreamRequest request);

  bool await_ready();
  bool Try();
  std::optional<Failure> await_resume();

 private:
  // What has come of the answer; true when that is all, or can't be.
  bool TakeHead();
  bool Fail(Failure failure);

  HttpExchange& exchange_;
  const http1::Method method_;
  // Closing ends whatever is waited for.
  const Interrupt::Scope scope_;
  io::Stream::Writing writing_;
  bool written_ = false;
  int interim_answers_ = 0;
  bool ended_ = false;
  std::optional<Failure> failure_;
};

inline HttpExchange::Starting HttpExchange::Start(UpstreamRequest request) {
  return {*this, request};
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_HTTP_EXCHANGE_H_
