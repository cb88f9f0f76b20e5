// Seam: one exchange with a provider.
#ifndef WEIR_DATAPLANE_ATTEMPT_UPSTREAM_H_
#define WEIR_DATAPLANE_ATTEMPT_UPSTREAM_H_

#include <boost/asio/buffer.hpp>
#include <coroutine>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/fetch_ahead.h"
#include "dataplane/io/recycled.h"
#include "dataplane/io/task.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

namespace asio = boost::asio;

// A request as it goes out: whole head, then body, in pieces that live until
// the answer's head is there.
struct UpstreamRequest {
  http1::Method method;
  Replay replay;
  std::span<const asio::const_buffer> bytes;
};

// A part of an answer's body, without its framing.
struct BodyPiece {
  // Good until the next ReadBody().
  std::string_view data = {};
  // Nothing follows, and the body is whole.
  bool last = false;
  // The same as whole chunks of the chunked coding, where it came so.
  std::string_view chunks = {};
};

// A provider's answer as it comes in. Destroying it gives the connection back,
// or closes it where the answer was not read to its end.
class Exchange : public io::Recycled {
 public:
  virtual ~Exchange() = default;

  virtual const http1::ResponseHead& head() const = 0;

  // Deals with pieces as they come, without a coroutine's turn for each.
  class Taker {
   public:
    // False: whoever awaits ReadBody() gets it. May not end the exchange.
    virtual bool Take(const BodyPiece& piece) = 0;

   protected:
    ~Taker() = default;
  };

  // `co_await exchange.ReadBody()` gives an absl::StatusOr<BodyPiece>.
  // UNAVAILABLE: the connection ended too early; DATA_LOSS: bad framing;
  // CANCELLED: interrupted. Nothing may be read after an error or the last
  // piece. Pieces but the last are `taker`'s first, who lives until then.
  class Reading;
  Reading ReadBody(Taker* taker = nullptr);
  // The same for what was read with the head; nullopt where there is more to
  // read.
  virtual std::optional<absl::StatusOr<BodyPiece>> TakeBody() = 0;

  // What is looked at first when ReadBody() has waited.
  virtual void SetAhead(const io::FetchAhead& /*ahead*/) {}

  // Lets a pending ReadBody() return an empty piece, to be called again.
  virtual void Nudge() = 0;

  // From now on `interrupt` ends the reading, in place of the one that it was
  // sent with. REQUIRES: no ReadBody() is pending.
  virtual void ListenTo(Interrupt& interrupt) = 0;

 private:
  // What ReadBody() consists of, no coroutine, because a stream's pieces are
  // many and small. False: Await() must be called, which resumes `reader` when
  // there is something.
  virtual bool TryReadBody(Taker* taker) = 0;
  virtual void Await(std::coroutine_handle<> reader) = 0;
  // What was read, once each time.
  virtual absl::StatusOr<BodyPiece> TakeRead() = 0;
};

// Lives in the coroutine that awaits it.
class Exchange::Reading {
 public:
  Reading(Exchange& exchange, Taker* taker)
      : exchange_(exchange), taker_(taker) {}

  bool await_ready() { return exchange_.TryReadBody(taker_); }
  void await_suspend(std::coroutine_handle<> reader) {
    exchange_.Await(reader);
  }
  absl::StatusOr<BodyPiece> await_resume() { return exchange_.TakeRead(); }

 private:
  Exchange& exchange_;
  Taker* const taker_;
};

inline Exchange::Reading Exchange::ReadBody(Taker* taker) {
  return {*this, taker};
}

using SendResult = std::variant<std::unique_ptr<Exchange>, Failure>;

// Thread safety: none; one per worker.
class Upstream {
 public:
  virtual ~Upstream() = default;

  // Sends `request`, whose bytes stay until then, and returns when the answer's
  // head is there. `interrupt` ends that, and later every ReadBody(), at once;
  // it, `provider` and `counters` outlive the exchange.
  virtual io::Task<SendResult> Send(const ProviderEntry& provider,
                                    UpstreamRequest request,
                                    Interrupt& interrupt,
                                    TargetCounters& counters) = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_UPSTREAM_H_
