// An answer's way to the client: framing, stalls, the end.
#ifndef WEIR_DATAPLANE_RELAY_CLIENT_WRITER_H_
#define WEIR_DATAPLANE_RELAY_CLIENT_WRITER_H_

#include <boost/asio/buffer.hpp>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/time/time.h"
#include "dataplane/account/account.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"

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

  // Head and body in one go.
  io::Task<Written> Whole(std::string_view head, std::string_view body);

  enum class Last { kNo, kYes };
  // A part of a body, `head` before it when not empty, framed as `framing`
  // says; kYes also ends the body. `data` is up to two pieces, which go out as
  // one chunk.
  io::Task<Written> Part(std::string_view head, std::string_view data_begin,
                         std::string_view data_end,
                         const AnswerFraming& framing, Last last);

  // That were given to the client so far, heads and framing too.
  std::uint64_t sent_bytes() const { return sent_bytes_; }

  // Resets the connection. A client that was told to read until it closes sees
  // only by this that an answer is cut short.
  void Abort();

 private:
  io::Task<Written> Write(std::span<const asio::const_buffer> buffers);

  io::Stream& stream_;
  io::TimerWheel& wheel_;
  Account& account_;
  Interrupt& interrupt_;
  const absl::Duration stall_;
  io::TimerWheel::Timer stall_timer_;
  std::uint64_t sent_bytes_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_CLIENT_WRITER_H_
