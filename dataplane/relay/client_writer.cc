#include "dataplane/relay/client_writer.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <span>
#include <string_view>
#include <variant>

#include "absl/time/time.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/http1/chunked.h"
#include "dataplane/io/stream.h"

namespace weir::dataplane {
namespace {

// A gathered write under construction.
class Gather {
 public:
  void Add(std::string_view bytes) {
    if (!bytes.empty())
      buffers_[count_++] = asio::buffer(bytes.data(), bytes.size());
  }
  std::span<const asio::const_buffer> buffers() const {
    return {buffers_.data(), count_};
  }

 private:
  std::array<asio::const_buffer, 6> buffers_;
  std::size_t count_ = 0;
};

}  // namespace

ClientWriter::ClientWriter(io::Stream& stream, io::TimerWheel& wheel,
                           Account& account, Interrupt& interrupt,
                           absl::Duration stall)
    : stream_(stream),
      wheel_(wheel),
      account_(account),
      interrupt_(interrupt),
      stall_(stall),
      stall_timer_(
          wheel,
          [](void* stalled) { static_cast<io::Stream*>(stalled)->Close(); },
          &stream) {}

io::Task<Written> ClientWriter::Write(
    std::span<const asio::const_buffer> buffers) {
  const std::size_t bytes = asio::buffer_size(buffers);
  account_.report.bytes_to_clients += bytes;
  sent_bytes_ += bytes;
  io::Stream::Writing writing = stream_.Write(buffers);
  // Most writes are done at once, so only those that are not have a deadline.
  if (!writing.Try()) stall_timer_.Set(wheel_.Now() + stall_);
  const io::error_code error = co_await writing;
  stall_timer_.Set(absl::InfiniteFuture());
  if (!error) co_return Written::kOk;
  interrupt_.Raise(Interrupt::Why::kClientGone);
  co_return Written::kClientGone;
}

io::Task<Written> ClientWriter::Whole(std::string_view head,
                                      std::string_view body) {
  Gather gather;
  gather.Add(head);
  gather.Add(body);
  co_return co_await Write(gather.buffers());
}

io::Task<Written> ClientWriter::Part(std::string_view head,
                                     std::string_view data_begin,
                                     std::string_view data_end,
                                     const AnswerFraming& framing, Last last) {
  const std::size_t size = data_begin.size() + data_end.size();
  const http1::ChunkSizeLine size_line(size);
  const bool chunked = std::holds_alternative<Chunked>(framing);
  Gather gather;
  gather.Add(head);
  if (chunked && size > 0) gather.Add(size_line.text());
  gather.Add(data_begin);
  gather.Add(data_end);
  if (chunked) {
    if (last == Last::kYes) {
      gather.Add(size > 0 ? "\r\n0\r\n\r\n" : "0\r\n\r\n");
    } else if (size > 0) {
      gather.Add("\r\n");
    }
  }
  if (gather.buffers().empty()) co_return Written::kOk;
  co_return co_await Write(gather.buffers());
}

void ClientWriter::Abort() { stream_.Reset(); }

}  // namespace weir::dataplane
