// A connection with its input.
#ifndef WEIR_DATAPLANE_IO_STREAM_H_
#define WEIR_DATAPLANE_IO_STREAM_H_

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "dataplane/io/fetch_ahead.h"
#include "dataplane/io/input_buffer.h"
#include "dataplane/io/reactor.h"
#include "dataplane/io/socket.h"

namespace weir::dataplane::io {

// Input stands in one flat buffer: input() is what was read and not consumed.
// It is read when somebody asks for it, so views into it stay good until then,
// and what a peer sends meanwhile waits in the kernel. The peer's end is
// noticed all the same. Whoever waits for input has no buffer while there is
// none.
//
// Reads and writes are tried at once; only what can't be done then waits for
// the reactor. One coroutine at a time waits for a stream.
//
// Not thread-safe. Shared, because who waits when it is closed is told later.
class Stream final : public std::enable_shared_from_this<Stream>,
                     private Reactor::Listener {
 public:
  // Hears of a peer while nobody reads.
  class Watcher {
   public:
    // The peer has ended or broken the connection (see ended()), or said
    // something. May destroy the watcher and drop the stream.
    virtual void OnInputOrEnd() = 0;

   protected:
    ~Watcher() = default;
  };

  // Takes the connection over from Asio.
  explicit Stream(asio::ip::tcp::socket socket);
  ~Stream();

  std::string_view input() const { return {buffer_ + begin_, end_ - begin_}; }
  // The first `bytes` of input() are dealt with. REQUIRES: no more than there
  // are.
  void Consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  // What one waits for; below.
  class Operation;
  class ReadingMore;
  class ReadingInto;
  class Writing;
  class ShakingHands;

  // `co_await stream.ReadMore()` gives an error_code: none after input() has
  // grown, or the reason why it never will: eof after an orderly end,
  // no_buffer_space when kMaxHeadBytes wait unconsumed. try_again after a
  // Nudge(). `ahead`, which lives until then, is what is looked at after.
  ReadingMore ReadMore(const FetchAhead* ahead = nullptr);
  // The same without waiting: nullopt when nothing is there.
  std::optional<error_code> TryReadMore(const FetchAhead* ahead = nullptr);
  // Straight into `buffer`: gives the number of bytes, 0 at the end or after a
  // Nudge().
  ReadingInto ReadInto(asio::mutable_buffer buffer);
  // Sends all of `buffers`, at most Socket::kMaxBuffers, which must stay until
  // it gives an error_code.
  Writing Write(std::span<const asio::const_buffer> buffers);
  // Sends what the socket takes now: how much that is. Write() of the rest,
  // where there is one, says why. REQUIRES: nobody waits in Write().
  std::size_t TryWrite(asio::const_buffer buffer);
  // Makes a TLS connection of it; `ssl` is a client's, with all that is to be
  // verified, or a server's, by its context. Gives an error_code. REQUIRES:
  // nothing was read or written.
  ShakingHands StartTls(SslPtr ssl);

  // Lets whoever waits go on though nothing came.
  void Nudge();

  // `watcher` hears of what comes from now on; nullptr for nobody.
  void Watch(Watcher* watcher) { watcher_ = watcher; }

  // The peer has ended or broken the connection; what it said before may be
  // unread.
  bool ended() const { return peer_ended_ || end_reason_; }
  // Why nothing can be read any more; none while something may be.
  error_code end_reason() const { return end_reason_; }
  // Neither an end nor a byte has come that was not consumed.
  bool IsQuiet();

  // What stands behind the first `bytes` of input() has been taken elsewhere.
  void Truncate(std::size_t bytes) { end_ = begin_ + bytes; }
  // Puts `bytes` behind input(): what was read too far by ReadInto(). Moves
  // input() where they don't fit behind it.
  void Unread(std::string_view bytes);

  // nullptr for plain TCP.
  SSL* tls() { return socket_.tls(); }

  bool open() const { return socket_.open(); }
  // Frees the descriptor. Whoever waits goes on with operation_aborted, a
  // little later.
  void Close();
  // Close() so that the peer sees a broken connection.
  void Reset();
  // Says that nothing more will be sent; goes on reading.
  void ShutdownSend();
  // Says so to a TLS peer alone, as Socket::EndTls(); for just before Close().
  void EndTls() { socket_.EndTls(); }

  // Holds no memory until something more comes. REQUIRES: nobody has a view of
  // what was consumed.
  void Rest() {
    if (begin_ == end_ && capacity_ > 0) DropBuffer();
  }

 private:
  void OnReady(std::uint32_t events) override;
  void Resume();
  // Whether to read at all: something may be there, and others had their turn.
  bool MayRead();
  // False when nothing is there.
  bool ReadAvailable();
  // What a step of reading says of the next one.
  void Note(const Socket::Step& step);
  // False when the input is as large as it may be.
  bool MakeRoom();
  void Grow(std::size_t capacity);
  void DropBuffer();

  Socket socket_;
  Reactor& reactor_;
  Watcher* watcher_ = nullptr;
  Operation* waiting_ = nullptr;

  // Where there is capacity: kInputCapacity from InputBuffers, or more.
  char* buffer_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  // A read may find something.
  bool readable_ = false;
  // Reads since the reactor had its turn.
  int reads_in_a_row_ = 0;
  bool peer_ended_ = false;
  error_code end_reason_;
};

// Something that is done at once, or when the socket is ready. Lives until
// whoever awaits it goes on; Try() may be called before.
class Stream::Operation {
 public:
  void await_suspend(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    stream_.waiting_ = this;
  }

  // False: it has to wait.
  bool TryAgain() { return try_(*this); }
  void Resume() { waiter_.resume(); }

 protected:
  explicit Operation(Stream& stream, bool (*try_it)(Operation&))
      : stream_(stream), try_(try_it) {}

  template <typename Self>
  static bool Try(Operation& self) {
    return static_cast<Self&>(self).Try();
  }

  // Why it was not done, when it had to stop waiting.
  error_code StopReason() const {
    return stream_.end_reason_ ? stream_.end_reason_
                               : asio::error::make_error_code(
                                     asio::error::basic_errors::try_again);
  }

  Stream& stream_;

 private:
  bool (*const try_)(Operation&);
  std::coroutine_handle<> waiter_;
};

class Stream::ReadingMore final : public Operation {
 public:
  ReadingMore(Stream& stream, const FetchAhead* ahead)
      : Operation(stream, Operation::Try<ReadingMore>), ahead_(ahead) {}
  bool await_ready() { return Try(); }
  bool Try() {
    result_ = stream_.TryReadMore(ahead_);
    return result_.has_value();
  }
  error_code await_resume() const {
    return result_.has_value() ? *result_ : StopReason();
  }

 private:
  const FetchAhead* const ahead_;
  std::optional<error_code> result_;
};

class Stream::ReadingInto final : public Operation {
 public:
  ReadingInto(Stream& stream, asio::mutable_buffer buffer)
      : Operation(stream, Operation::Try<ReadingInto>), buffer_(buffer) {}
  bool await_ready() { return Try(); }
  bool Try();
  std::size_t await_resume() const { return bytes_; }

 private:
  const asio::mutable_buffer buffer_;
  std::size_t bytes_ = 0;
};

class Stream::Writing final : public Operation {
 public:
  Writing(Stream& stream, std::span<const asio::const_buffer> buffers)
      : Operation(stream, Operation::Try<Writing>),
        buffers_(buffers),
        left_(asio::buffer_size(buffers)) {}
  bool await_ready() { return result_.has_value() || Try(); }
  bool Try();
  error_code await_resume() const {
    return result_.has_value() ? *result_ : StopReason();
  }

 private:
  const std::span<const asio::const_buffer> buffers_;
  std::size_t sent_ = 0;
  std::size_t left_;
  std::optional<error_code> result_;
};

class Stream::ShakingHands final : public Operation {
 public:
  explicit ShakingHands(Stream& stream)
      : Operation(stream, Operation::Try<ShakingHands>) {}
  bool await_ready() { return Try(); }
  bool Try();
  error_code await_resume() const {
    return result_.has_value() ? *result_ : StopReason();
  }

 private:
  std::optional<error_code> result_;
};

inline Stream::ReadingMore Stream::ReadMore(const FetchAhead* ahead) {
  return {*this, ahead};
}
inline Stream::ReadingInto Stream::ReadInto(asio::mutable_buffer buffer) {
  return {*this, buffer};
}
inline Stream::Writing Stream::Write(
    std::span<const asio::const_buffer> buffers) {
  return {*this, buffers};
}

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_STREAM_H_
