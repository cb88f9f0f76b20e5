#include "dataplane/io/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/net/transport.h"
#include "dataplane/io/task.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane::io {
namespace {

namespace asio = boost::asio;
using testing::AsTask;
using testing::SocketPair;
using testing::Started;
using testing::StartedPeer;
using testing::TestLoop;

class StreamTest : public ::testing::Test, public Stream::Watcher {
 protected:
  void OnInputOrEnd() override { ++told_; }

  void PeerSends(std::string_view bytes) {
    asio::write(pair_.theirs, asio::buffer(bytes.data(), bytes.size()));
  }
  error_code ReadMore() { return loop_.Run(AsTask(stream_->ReadMore())); }
  void RunUntilTold(int times) {
    loop_.RunUntil([&] { return told_ == times; });
  }

  TestLoop loop_;
  SocketPair pair_{loop_.context};
  const std::shared_ptr<Stream> stream_ =
      std::make_shared<Stream>(std::move(pair_.ours));
  int told_ = 0;
};

TEST_F(StreamTest, InputIsWhatCameAndWasNotConsumed) {
  PeerSends("abc");
  ASSERT_FALSE(ReadMore());
  EXPECT_EQ(stream_->input(), "abc");
  stream_->Consume(2);
  PeerSends("def");
  ASSERT_FALSE(ReadMore());
  EXPECT_EQ(stream_->input(), "cdef");
}

TEST_F(StreamTest, InputStaysInPlaceWhateverArrives) {
  PeerSends("first");
  ASSERT_FALSE(ReadMore());
  const std::string_view held = stream_->input();
  stream_->Watch(this);
  PeerSends("second");
  RunUntilTold(1);
  EXPECT_EQ(stream_->input().data(), held.data());
  EXPECT_EQ(stream_->input(), "first");
  EXPECT_FALSE(stream_->ended());
  ASSERT_FALSE(ReadMore());
  EXPECT_EQ(stream_->input(), "firstsecond");
}

TEST_F(StreamTest, WhatWasSaidBeforeAnEndIsRead) {
  PeerSends("last words");
  pair_.theirs.close();
  stream_->Watch(this);
  RunUntilTold(1);
  EXPECT_TRUE(stream_->ended());
  ASSERT_FALSE(ReadMore());
  EXPECT_EQ(stream_->input(), "last words");
  EXPECT_EQ(ReadMore(), asio::error::eof);
}

TEST_F(StreamTest, AnEndBehindAShortReadIsNoticed) {
  PeerSends("words");
  ASSERT_FALSE(ReadMore());
  Started reading(loop_, AsTask(stream_->ReadMore()));
  pair_.theirs.close();
  EXPECT_EQ(reading.Result(), asio::error::eof);
}

TEST_F(StreamTest, IsQuietUntilThePeerSaysSomething) {
  EXPECT_TRUE(stream_->IsQuiet());
  PeerSends("words");
  stream_->Watch(this);
  RunUntilTold(1);
  EXPECT_FALSE(stream_->IsQuiet());
  stream_->Consume(5);
  EXPECT_TRUE(stream_->IsQuiet());
  pair_.theirs.close();
  RunUntilTold(2);
  EXPECT_FALSE(stream_->IsQuiet());
}

TEST_F(StreamTest, TheWatcherHearsOfAnOrderlyEnd) {
  stream_->Watch(this);
  pair_.theirs.close();
  RunUntilTold(1);
  EXPECT_TRUE(stream_->ended());
  EXPECT_EQ(ReadMore(), asio::error::eof);
}

TEST_F(StreamTest, TheWatcherHearsOfAReset) {
  stream_->Watch(this);
  pair_.theirs.set_option(asio::socket_base::linger(true, 0));
  pair_.theirs.close();
  RunUntilTold(1);
  EXPECT_TRUE(stream_->ended());
  EXPECT_EQ(ReadMore(), asio::error::connection_reset);
}

TEST_F(StreamTest, ANudgedReadIsStillPending) {
  Started reading(loop_, AsTask(stream_->ReadMore()));
  loop_.Settle();
  stream_->Nudge();
  EXPECT_EQ(reading.Result(), asio::error::try_again);
  PeerSends("late");
  ASSERT_FALSE(ReadMore());
  EXPECT_EQ(stream_->input(), "late");
}

TEST_F(StreamTest, ClosingEndsWhoWaits) {
  Started reading(loop_, AsTask(stream_->ReadMore()));
  loop_.Settle();
  stream_->Close();
  EXPECT_EQ(reading.Result(), asio::error::operation_aborted);
  EXPECT_FALSE(stream_->open());
}

TEST_F(StreamTest, TheBufferGrowsForAHeadAndNoFurther) {
  const std::string much(std::size_t{200} << 10, 'x');
  const auto send = [&]() -> asio::awaitable<std::size_t> {
    const auto [error, sent] = co_await asio::async_write(
        pair_.theirs, asio::buffer(much), net::kUseTuple);
    co_return sent;
  };
  StartedPeer sending(loop_, send());
  error_code error;
  while (!(error = ReadMore())) {
  }
  EXPECT_EQ(error, asio::error::no_buffer_space);
  EXPECT_GE(stream_->input().size(), std::size_t{64} << 10);
  EXPECT_LE(stream_->input().size(), std::size_t{128} << 10);
  EXPECT_EQ(stream_->input().find_first_not_of('x'), std::string_view::npos);
}

TEST_F(StreamTest, APeerThatSendsMuchLeavesOthersTheirTurn) {
  const std::string much(std::size_t{1} << 20, 'x');
  const auto send = [&]() -> asio::awaitable<std::size_t> {
    const auto [error, sent] = co_await asio::async_write(
        pair_.theirs, asio::buffer(much), net::kUseTuple);
    co_return sent;
  };
  StartedPeer sending(loop_, send());
  std::size_t taken = 0;
  const auto read = [&]() -> Task<error_code> {
    while (taken < much.size()) {
      if (const error_code error = co_await stream_->ReadMore()) {
        co_return error;
      }
      taken += stream_->input().size();
      stream_->Consume(stream_->input().size());
    }
    co_return error_code();
  };
  stream_->Watch(this);
  RunUntilTold(1);
  Task<error_code> reading = read();
  EXPECT_FALSE(reading.ended());
  EXPECT_GT(taken, 0U);
  loop_.RunUntil([&] { return reading.ended(); });
  EXPECT_FALSE(reading.Result());
  EXPECT_EQ(taken, much.size());
}

TEST_F(StreamTest, WhatWasReadTooFarGoesBackBehindTheInput) {
  PeerSends("headbody");
  ASSERT_FALSE(ReadMore());
  stream_->Truncate(4);
  const std::string more(std::size_t{40} << 10, 'm');
  stream_->Unread(more);
  EXPECT_EQ(stream_->input(), "head" + more);
  stream_->Consume(stream_->input().size());
  PeerSends("next");
  ASSERT_FALSE(ReadMore());
  EXPECT_EQ(stream_->input(), "next");
}

TEST_F(StreamTest, WriteWaitsUntilThePeerTakesAll) {
  const std::string large(std::size_t{8} << 20, 'l');
  const std::array<asio::const_buffer, 4> buffers = {
      asio::buffer(large), asio::const_buffer(), asio::buffer("mid", 3),
      asio::buffer(large)};
  Started writing(loop_, AsTask(stream_->Write(buffers)));
  loop_.Settle();
  EXPECT_FALSE(writing.ended());
  std::string taken;
  const auto take = [&]() -> asio::awaitable<bool> {
    std::vector<char> buffer(std::size_t{1} << 20);
    while (taken.size() < 2 * large.size() + 3) {
      const auto [error, size] = co_await pair_.theirs.async_read_some(
          asio::buffer(buffer), net::kUseTuple);
      if (error) co_return false;
      taken.append(buffer.data(), size);
    }
    co_return true;
  };
  StartedPeer taking(loop_, take());
  EXPECT_TRUE(taking.Result());
  EXPECT_FALSE(writing.Result());
  EXPECT_EQ(taken, large + "mid" + large);
}

}  // namespace
}  // namespace weir::dataplane::io
