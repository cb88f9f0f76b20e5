#include "dataplane/io/stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "common/net/transport.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane::io {

Stream::Stream(net::Transport transport)
    : transport_(std::move(transport)),
      buffer_(std::make_unique_for_overwrite<char[]>(kCapacity + kPadding)) {
  error_code ignored;
  // Writes are tried at once, without a trip through the loop.
  transport_.socket().non_blocking(true, ignored);
}

void Stream::Consume(std::size_t bytes) {
  begin_ += bytes;
  // Nothing is left to keep in place; a pending read owns what lies behind.
  if (begin_ == end_ && !reading_) begin_ = end_ = 0;
}

// REQUIRES: no read is pending.
void Stream::MakeRoom() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    return;
  }
  // A tail of this size takes a small request whole.
  if (capacity_ - end_ >= 1024) return;
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (capacity_ - end_ >= 1024 || capacity_ > http1::kMaxHeadBytes) return;
  Grow(capacity_ * 2);
}

void Stream::Grow(std::size_t capacity) {
  auto grown = std::make_unique_for_overwrite<char[]>(capacity + kPadding);
  std::memcpy(grown.get(), buffer_.get(), end_);
  buffer_ = std::move(grown);
  capacity_ = capacity;
}

void Stream::StartRead() {
  reading_ = true;
  auto buffer = asio::buffer(buffer_.get() + end_, capacity_ - end_);
  auto done = [self = shared_from_this()](error_code error, std::size_t bytes) {
    self->OnRead(error, bytes);
  };
  if (auto* tls = transport_.tls()) {
    tls->async_read_some(buffer, std::move(done));
  } else {
    transport_.socket().async_read_some(buffer, std::move(done));
  }
}

void Stream::OnRead(error_code error, std::size_t bytes) {
  reading_ = false;
  end_ += bytes;
  if (error) end_reason_ = error;
  if (reader_.has_waiter()) {
    reader_.Notify();
  } else if (watcher_ != nullptr) {
    watcher_->OnInputOrEnd();
  }
}

asio::awaitable<error_code> Stream::ReadMore() {
  if (end_reason_) co_return end_reason_;
  const std::size_t had = input().size();
  if (!reading_) {
    MakeRoom();
    if (end_ == capacity_) co_return asio::error::no_buffer_space;
    StartRead();
  }
  co_await reader_.Wait();
  if (input().size() > had) co_return error_code();
  if (end_reason_) co_return end_reason_;
  co_return asio::error::try_again;
}

void Stream::Watch(Watcher* watcher) {
  watcher_ = watcher;
  if (watcher == nullptr || reading_ || end_reason_) return;
  // Input that is in use must not move: what does not fit is read later.
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ < capacity_) StartRead();
}

void Stream::Unread(std::string_view bytes) {
  if (bytes.size() > capacity_ - end_) Grow(end_ + bytes.size());
  std::memcpy(buffer_.get() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

asio::awaitable<error_code> Stream::Write(
    std::span<const asio::const_buffer> buffers) {
  std::array<asio::const_buffer, kMaxBuffers> rest;
  std::copy(buffers.begin(), buffers.end(), rest.begin());
  std::size_t first = 0;
  std::size_t sent = 0;
  if (transport_.tls() == nullptr) {
    error_code error;
    sent = transport_.socket().write_some(buffers, error);
    if (error && error != asio::error::would_block) co_return error;
  }
  while (first < buffers.size() && sent >= rest[first].size()) {
    sent -= rest[first++].size();
  }
  if (first == buffers.size()) co_return error_code();
  rest[first] += sent;
  const std::span<const asio::const_buffer> remaining(rest.data() + first,
                                                      buffers.size() - first);
  auto [error, written] = co_await transport_.Write(remaining);
  co_return error;
}

void Stream::Close() {
  watcher_ = nullptr;
  if (!end_reason_) end_reason_ = asio::error::operation_aborted;
  transport_.Close();
}

}  // namespace weir::dataplane::io
