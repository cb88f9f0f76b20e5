#include "dataplane/relay/client_writer.h"

#include <boost/asio/buffer.hpp>
#include <coroutine>
#include <cstddef>
#include <span>
#include <string_view>
#include <variant>

#include "absl/time/time.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/stream.h"

namespace weir::dataplane {

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

ClientWriter::Sending ClientWriter::Whole(std::string_view head,
                                          std::string_view body) {
  return {*this, head, {.begin = body}, /*chunked=*/false, Last::kYes};
}

ClientWriter::Sending ClientWriter::Part(std::string_view head,
                                         std::string_view data,
                                         const AnswerFraming& framing,
                                         Last last) {
  return Part(head, TwoPieces{.begin = data}, framing, last);
}

ClientWriter::Sending ClientWriter::Part(std::string_view head,
                                         const TwoPieces& data,
                                         const AnswerFraming& framing,
                                         Last last) {
  return {*this, head, data, std::holds_alternative<Chunked>(framing), last};
}

ClientWriter::Sending ClientWriter::Chunks(std::string_view chunks) {
  return {*this, {}, {.begin = chunks}, /*chunked=*/false, Last::kNo};
}

std::size_t ClientWriter::TryChunks(std::string_view chunks) {
  const std::size_t sent =
      stream_.TryWrite(asio::buffer(chunks.data(), chunks.size()));
  account_.report.bytes_to_clients += sent;
  sent_bytes_ += sent;
  return sent;
}

ClientWriter::Sending::Sending(ClientWriter& writer, std::string_view head,
                               const TwoPieces& data, bool chunked, Last last)
    : writer_(writer) {
  const bool empty = data.begin.empty() && data.end.empty();
  Add(head);
  if (chunked && !empty) {
    size_line_ = http1::ChunkSizeLine(data.begin.size() + data.end.size());
    Add(size_line_.text());
  }
  Add(data.begin);
  Add(data.end);
  if (!chunked) return;
  if (last == Last::kYes) {
    Add(empty ? "0\r\n\r\n" : "\r\n0\r\n\r\n");
  } else if (!empty) {
    Add("\r\n");
  }
}

void ClientWriter::Sending::Add(std::string_view bytes) {
  if (bytes.empty()) return;
  buffers_[count_++] = asio::buffer(bytes.data(), bytes.size());
}

bool ClientWriter::Sending::await_ready() {
  if (count_ == 0) return true;
  const std::span<const asio::const_buffer> buffers(buffers_.data(), count_);
  const std::size_t bytes = asio::buffer_size(buffers);
  writer_.account_.report.bytes_to_clients += bytes;
  writer_.sent_bytes_ += bytes;
  writing_.emplace(writer_.stream_, buffers);
  return writing_->await_ready();
}

void ClientWriter::Sending::await_suspend(std::coroutine_handle<> waiter) {
  writer_.stall_timer_.Set(writer_.wheel_.RoughNow() + writer_.stall_);
  writing_->await_suspend(waiter);
}

Written ClientWriter::Sending::await_resume() {
  if (!writing_.has_value()) return Written::kOk;
  writer_.stall_timer_.Set(absl::InfiniteFuture());
  if (!writing_->await_resume()) return Written::kOk;
  writer_.interrupt_.Raise(Interrupt::Why::kClientGone);
  return Written::kClientGone;
}

void ClientWriter::Abort() { stream_.Reset(); }

}  // namespace weir::dataplane
