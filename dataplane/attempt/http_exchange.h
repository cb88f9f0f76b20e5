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

  // Sends the request and reads the answer's head. Without a value all is well.
  // A failure with Stage::kUnanswered says that not one byte came back.
  io::Task<std::optional<Failure>> Start(const UpstreamRequest& request);

  const http1::ResponseHead& head() const override { return connection_->head; }
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
    bool Try();
    // REQUIRES: Try() was true, or it was waited for in vain.
    absl::StatusOr<BodyPiece> Take();

   private:
    HttpExchange& exchange_;
    bool has_piece_ = false;
    absl::StatusOr<BodyPiece> piece_ = BodyPiece{};
  };

  bool TryReadBody() override;
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

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_HTTP_EXCHANGE_H_
