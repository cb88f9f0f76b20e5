#include "dataplane/read/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/test_loop.h"
#include "tests/dataplane/read/reader_fixture.h"

namespace weir::dataplane {
namespace {

using testing::Chunk;
using testing::ChunkedHead;
using testing::kLastChunk;
using testing::Post;
using testing::Started;
using testing::StartedPeer;

class RequestReaderTest : public testing::ReaderFixture {
 protected:
  std::string ClientGot() {
    std::string bytes(pair_.theirs.available(), '\0');
    pair_.theirs.read_some(boost::asio::buffer(bytes));
    return bytes;
  }
};

TEST_F(RequestReaderTest, ReadsAHeadWithoutABody) {
  ClientSends("GET /health HTTP/1.1\r\nhost: h\r\n\r\n");
  EXPECT_EQ(Next(), "GET /health ");
}

TEST_F(RequestReaderTest, ReadsABodyThatCameWithItsHead) {
  ClientSends(Post("abc"));
  EXPECT_EQ(Next(), "POST /p abc");
  EXPECT_EQ(admission_.bytes(), 0U);
}

TEST_F(RequestReaderTest, ReadsARequestHoweverItsBytesAreDivided) {
  for (const std::string& request :
       {Post("hello world"), ChunkedHead() + Chunk("hello") + Chunk(" world") +
                                 std::string(kLastChunk)}) {
    for (std::size_t cut = 1; cut < request.size(); ++cut) {
      Started next(loop_, Read());
      ClientSends(request.substr(0, cut));
      loop_.Settle();
      ClientSends(request.substr(cut));
      EXPECT_EQ(Text(next.Result()), "POST /p hello world") << "cut at " << cut;
      reader_.Finish();
    }
  }
}

TEST_F(RequestReaderTest, ReadsALargeBodyOfEitherFraming) {
  std::string body;
  while (body.size() < (std::size_t{3} << 20)) {
    body += std::to_string(body.size()) + ",";
  }
  std::string chunked = ChunkedHead();
  for (std::size_t at = 0, size = 1; at < body.size(); at += size) {
    size = 1 + (at * 7) % 90'000;
    chunked += Chunk(std::string_view(body).substr(at, size));
  }
  for (const std::string& request :
       {Post(body), chunked + std::string(kLastChunk)}) {
    StartedPeer sending(loop_, SendAll(request));
    EXPECT_TRUE(Next() == "POST /p " + body);
    EXPECT_GE(admission_.bytes(), body.size());
    reader_.Finish();
    EXPECT_EQ(admission_.bytes(), 0U);
    EXPECT_TRUE(sending.Result());
  }
}

TEST_F(RequestReaderTest, InvitesABodyThatWaitsForIt) {
  Started next(loop_, Read());
  const std::string request = Post("abc", "expect: 100-continue\r\n");
  ClientSends(request.substr(0, request.size() - 3));
  loop_.RunUntil([&] { return pair_.theirs.available() > 0; });
  EXPECT_EQ(ClientGot(), "HTTP/1.1 100 Continue\r\n\r\n");
  ClientSends("abc");
  EXPECT_EQ(Text(next.Result()), "POST /p abc");
}

TEST_F(RequestReaderTest, DoesNotInviteABodyThatIsThereOrUnwanted) {
  ClientSends(Post("abc", "expect: 100-continue\r\n"));
  EXPECT_EQ(Next(), "POST /p abc");
  reader_.Finish();
  ClientSends(
      "POST /p HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\n"
      "content-length: 99999999\r\n\r\n");
  EXPECT_EQ(Next(), "413 request_too_large");
  EXPECT_EQ(pair_.theirs.available(), 0U);
}

TEST_F(RequestReaderTest, RefusesWhatIsTooLarge) {
  limits_.max_body_bytes = 100'000;
  ClientSends("POST /p HTTP/1.1\r\nhost: h\r\ncontent-length: 100001\r\n\r\n");
  EXPECT_EQ(Next(), "413 request_too_large");
}

TEST_F(RequestReaderTest, RefusesChunksThatAddUpToTooMuch) {
  limits_.max_body_bytes = 100'000;
  StartedPeer sending(loop_,
                      SendAll(ChunkedHead() + Chunk(std::string(60'000, 'a')) +
                              Chunk(std::string(60'000, 'b'))));
  EXPECT_EQ(Next(), "413 request_too_large");
}

TEST_F(RequestReaderTest, RefusesAHeadThatIsTooLarge) {
  StartedPeer sending(loop_, SendAll("GET / HTTP/1.1\r\nhost: h\r\nx: " +
                                     std::string(70'000, 'x') + "\r\n\r\n"));
  EXPECT_EQ(Next(), "431 head_too_large");
}

TEST_F(RequestReaderTest, RefusesBadFramingBeforeItsEndHasCome) {
  ClientSends("GET / HTTP/1.1\nhost: h");
  EXPECT_EQ(Next(), "400 bad_request");
}

TEST_F(RequestReaderTest, RefusesBadChunks) {
  ClientSends(ChunkedHead() + "zz\r\n");
  EXPECT_EQ(Next(), "400 bad_request");
}

TEST_F(RequestReaderTest, RefusesWhatItMayNotHold) {
  limits_.max_bytes_in_flight = 200'000;
  auto others = admission_.TakeBytes(150'000);
  ClientSends("POST /p HTTP/1.1\r\nhost: h\r\ncontent-length: 50001\r\n\r\n");
  EXPECT_EQ(Next(), "503 overloaded");
}

TEST_F(RequestReaderTest, ABodyThatEndsTooEarlyIsNoRequest) {
  ClientSends("POST /p HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\nabc");
  pair_.theirs.shutdown(boost::asio::ip::tcp::socket::shutdown_send);
  EXPECT_EQ(Next(), "400 bad_request");
}

TEST_F(RequestReaderTest, AClientThatNeverAsksIsGoneAfterAWhile) {
  Started next(loop_, Read());
  loop_.Pass(limits_.client_idle - absl::Milliseconds(100));
  EXPECT_FALSE(next.ended());
  loop_.Pass(absl::Milliseconds(100));
  EXPECT_EQ(Text(next.Result()), "gone");
}

TEST_F(RequestReaderTest, ASlowHeadIsToldSo) {
  Started next(loop_, Read());
  ClientSends("GET / HTTP/1.1\r\n");
  loop_.RunUntil([&] { return !stream_->input().empty(); });
  // More of it buys no more time.
  loop_.Pass(limits_.head_timeout / 2);
  ClientSends("host: h\r\n");
  loop_.RunUntil([&] { return stream_->input().size() > 20; });
  loop_.Pass(limits_.head_timeout / 2);
  EXPECT_EQ(Text(next.Result()), "408 request_timeout");
}

TEST_F(RequestReaderTest, ASlowChunkedBodyIsToldSo) {
  Started next(loop_, Read());
  ClientSends(ChunkedHead() + Chunk("hello"));
  loop_.RunUntil([&] { return admission_.bytes() > 0; });
  loop_.Pass(absl::Minutes(5));
  EXPECT_EQ(Text(next.Result()), "408 request_timeout");
  EXPECT_TRUE(stream_->open()) << "closed before the answer";
}

TEST_F(RequestReaderTest, ABodyGetsASecondForEachKibibyte) {
  Started next(loop_, Read());
  ClientSends("POST /p HTTP/1.1\r\nhost: h\r\ncontent-length: 10240\r\n\r\n");
  loop_.RunUntil([&] { return admission_.bytes() > 0; });
  loop_.Pass(absl::Seconds(19));
  EXPECT_FALSE(next.ended());
  loop_.Pass(absl::Seconds(1));
  EXPECT_EQ(Text(next.Result()), "408 request_timeout");
}

TEST_F(RequestReaderTest, NoDeadlineIsLeftOnceARequestIsThere) {
  ClientSends(Post("abc"));
  EXPECT_EQ(Next(), "POST /p abc");
  loop_.Pass(absl::Hours(1));
  EXPECT_FALSE(stream_->ended());
}

TEST_F(RequestReaderTest, AClientThatLeavesInAHeadIsGone) {
  ClientSends("GET / HT");
  pair_.theirs.close();
  EXPECT_EQ(Next(), "gone");
}

}  // namespace
}  // namespace weir::dataplane
