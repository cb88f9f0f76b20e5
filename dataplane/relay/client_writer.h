// An answer's way to the client: framing, stalls, the end.
#ifndef WEIR_DATAPLANE_RELAY_CLIENT_WRITER_H_
#define WEIR_DATAPLANE_RELAY_CLIENT_WRITER_H_

#include <array>
#include <boost/asio/buffer.hpp>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "dataplane/account/account.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/http1/chunked.h"
#include "dataplane/io/fetch_ahead.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/relay/two_pieces.h"

namespace weir::dataplane {

namespace asio = boost::asio;

enum class Written { kOk, kClientGone };

// Writes one answer at a time to one client. A client that takes nothing for
// `stall` is gone. Not thread-safe; lives as long as its connection.
class ClientWriter {
 public:
  // All outlive this.
  ClientWriter(io::Stream& stream, io::TimerWheel& wheel, Account& account,
               Interrupt& interrupt, absl::Duration stall);

  enum class Last { kNo, kYes };
  class Sending;

  // Head and body in one go. Co_await gives Written, here and below; what is
  // given must stay until then.
  Sending Whole(std::string_view head, std::string_view body);

  // A part of a body, `head` before it when not empty, framed as `framing`
  // says; kYes also ends the body. `data` goes out as one chunk.
  Sending Part(std::string_view head, std::string_view data,
               const AnswerFraming& framing, Last last);
  Sending Part(std::string_view head, const TwoPieces& data,
               const AnswerFraming& framing, Last last);
  // Whole chunks of a chunked body, as they are.
  Sending Chunks(std::string_view chunks);
  // So many bytes of them as go out at once; Chunks() of the rest, where there
  // is one, says why.
  std::size_t TryChunks(std::string_view chunks);

  // What a write looks at.
  void AddTo(io::FetchAhead& ahead) const {
    ahead.Add(*this);
    ahead.Add(stream_);
  }

  // That were given to the client so far, heads and framing too.
  std::uint64_t sent_bytes() const { return sent_bytes_; }

  // Resets the connection. A client that was told to read until it closes sees
  // only by this that an answer is cut short.
  void Abort();

 private:
  io::Stream& stream_;
  io::TimerWheel& wheel_;
  Account& account_;
  Interrupt& interrupt_;
  const absl::Duration stall_;
  io::TimerWheel::Timer stall_timer_;
  std::uint64_t sent_bytes_ = 0;
};

// A gathered write under way. Lives in the coroutine that awaits it, and is no
// coroutine itself: most writes are done at once.
class ClientWriter::Sending {
 public:
  Sending(ClientWriter& writer, std::string_view head, const TwoPieces& data,
          bool chunked, Last last);
  // Buffers refer to what is in it.
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;

  bool await_ready();
  void await_suspend(std::coroutine_handle<> waiter);
  Written await_resume();

 private:
  static constexpr std::size_t kMostBuffers = 5;

  void Add(std::string_view bytes);

  ClientWriter& writer_;
  http1::ChunkSizeLine size_line_;
  std::array<asio::const_buffer, kMostBuffers> buffers_;
  std::size_t count_ = 0;
  std::optional<io::Stream::Writing> writing_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_CLIENT_WRITER_H_
