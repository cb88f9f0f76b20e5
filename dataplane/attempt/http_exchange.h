// One request and its answer on one connection.
#ifndef WEIR_DATAPLANE_ATTEMPT_HTTP_EXCHANGE_H_
#define WEIR_DATAPLANE_ATTEMPT_HTTP_EXCHANGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "dataplane/attempt/connection_pool.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/http1/chunked.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/fetch_ahead.h"
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
  io::Task<absl::StatusOr<BodyPiece>> ReadBody() override;
  std::optional<absl::StatusOr<BodyPiece>> TakeBody() override;
  void SetAhead(const io::FetchAhead& ahead) override;
  void Nudge() override { connection_->stream->Nudge(); }
  void ListenTo(Interrupt& interrupt) override { interrupt_ = &interrupt; }

 private:
  io::Task<std::optional<Failure>> ReadHead(http1::Method method);
  // What an end of the input means.
  absl::StatusOr<BodyPiece> AtEnd(io::error_code error);
  absl::StatusOr<BodyPiece> TakeLength();
  absl::StatusOr<BodyPiece> TakeChunks();
  Failure Broken(Stage stage, std::string reason) const;

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
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_HTTP_EXCHANGE_H_
