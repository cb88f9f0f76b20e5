// A connection with its input: one read is kept pending, so that the peer's end
// is noticed while nobody reads.
#ifndef WEIR_DATAPLANE_IO_STREAM_H_
#define WEIR_DATAPLANE_IO_STREAM_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "common/net/transport.h"
#include "dataplane/io/wakeup.h"

namespace weir::dataplane::io {

using boost::system::error_code;

// Input stands in one flat buffer: input() is what came and was not consumed.
// It stays where it is until Consume() or ReadMore(), so views into it may be
// held meanwhile, whatever arrives.
//
// A read that is pending when a request ends is the one that brings the next
// request, or the answer to it: watching for the peer's end costs no system
// call and no cancellation.
//
// Not thread-safe. Shared, because a pending read refers to it.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  // Told that the peer has ended or broken the connection, or said something
  // while nobody waited in ReadMore().
  class Watcher {
   public:
    // May destroy the watcher and drop the stream.
    virtual void OnInputOrEnd() = 0;

   protected:
    ~Watcher() = default;
  };

  explicit Stream(net::Transport transport);

  std::string_view input() const {
    return {buffer_.get() + begin_, end_ - begin_};
  }
  // The first `bytes` of input() are dealt with. REQUIRES: no more than there
  // are.
  void Consume(std::size_t bytes);

  // Returns after input() has grown, or with the reason why it never will: eof
  // after an orderly end, no_buffer_space when kMaxHeadBytes wait unconsumed.
  // try_again after a Nudge().
  asio::awaitable<error_code> ReadMore();
  // Lets ReadMore() return though nothing came; the read stays pending.
  void Nudge() { reader_.Notify(); }

  // Begins to read ahead, if it does not already: `watcher` hears of what comes
  // while nobody waits. At most one; nullptr for none.
  void Watch(Watcher* watcher);

  // A read is pending, begun by Watch() or left by a Nudge().
  bool reading() const { return reading_; }

  // The peer has ended or broken the connection.
  bool ended() const { return static_cast<bool>(end_reason_); }
  error_code end_reason() const { return end_reason_; }

  // What stands behind the first `bytes` of input() has been taken elsewhere.
  void Truncate(std::size_t bytes) { end_ = begin_ + bytes; }
  // At least one byte straight into `buffer`. REQUIRES: no read is pending:
  // after ReadMore(), before Watch().
  asio::awaitable<net::IoResult> ReadInto(asio::mutable_buffer buffer) {
    return transport_.ReadSome(buffer);
  }
  // Puts `bytes` behind input(): what was read too far by ReadInto(). Moves
  // input() where they don't fit behind it. REQUIRES: as for ReadInto().
  void Unread(std::string_view bytes);

  // All of `buffers`, which must stay until it returns; at most kMaxBuffers.
  static constexpr std::size_t kMaxBuffers = 16;
  asio::awaitable<error_code> Write(
      std::span<const asio::const_buffer> buffers);

  net::Transport& transport() { return transport_; }
  bool open() { return transport_.socket().is_open(); }
  // Ends what is pending and frees the descriptor. Waiters return with
  // operation_aborted.
  void Close();

  // A buffer that takes any head, and simdjson may read this far past its end.
  static constexpr std::size_t kCapacity = std::size_t{16} << 10;
  static constexpr std::size_t kPadding = 64;

 private:
  void StartRead();
  void MakeRoom();
  void Grow(std::size_t capacity);
  void OnRead(error_code error, std::size_t bytes);

  net::Transport transport_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = kCapacity;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool reading_ = false;
  error_code end_reason_;
  Watcher* watcher_ = nullptr;
  Wakeup reader_;
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_STREAM_H_
