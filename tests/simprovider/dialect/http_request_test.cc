#include "tests/simprovider/dialect/http_request.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::simprovider {
namespace {

using Progress = RequestReader::Progress;

class RequestReaderTest : public ::testing::Test {
 protected:
  // Hands bytes over in as many reads as the reader's room makes necessary.
  void Give(std::string_view bytes) {
    while (!bytes.empty()) {
      const absl::Span<char> room = reader_.Room();
      const std::size_t size = std::min(room.size(), bytes.size());
      std::copy_n(bytes.begin(), size, room.begin());
      reader_.Filled(size);
      bytes.remove_prefix(size);
    }
  }

  RequestReader reader_;
  Request request_;
};

TEST_F(RequestReaderTest, ReadsHeadAndBody) {
  Give(
      "POST /v1/x?a=b HTTP/1.1\r\nHost: h\r\nX-Key:  v \r\n"
      "Content-Length: 3\r\n\r\nabc");
  ASSERT_EQ(reader_.Next(request_), Progress::kComplete);
  EXPECT_EQ(request_.method, "POST");
  EXPECT_EQ(request_.path, "/v1/x");
  EXPECT_EQ(request_.query, "a=b");
  EXPECT_EQ(request_.Find("x-key"), "v");
  EXPECT_EQ(request_.Find("x-other"), std::nullopt);
  EXPECT_EQ(request_.body, "abc");
  EXPECT_EQ(request_.reuse, Reuse::kKeepOpen);
  EXPECT_TRUE(request_.head.ends_with("\r\n\r\n"));
}

TEST_F(RequestReaderTest, ReadsRequestsThatCameTogether) {
  Give("POST /a HTTP/1.1\r\nContent-Length: 1\r\n\r\nxGET /b HTTP/1.1\r\n\r\n");
  ASSERT_EQ(reader_.Next(request_), Progress::kComplete);
  EXPECT_EQ(request_.body, "x");
  reader_.Discard();
  ASSERT_EQ(reader_.Next(request_), Progress::kComplete);
  EXPECT_EQ(request_.path, "/b");
  EXPECT_EQ(request_.body, "");
  reader_.Discard();
  EXPECT_TRUE(reader_.empty());
  EXPECT_EQ(reader_.Next(request_), Progress::kIncomplete);
}

TEST_F(RequestReaderTest, ReadsChunksWithoutTheirFraming) {
  Give(
      "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
  ASSERT_EQ(reader_.Next(request_), Progress::kComplete);
  EXPECT_EQ(request_.body, "abcde");
  reader_.Discard();
  ASSERT_EQ(reader_.Next(request_), Progress::kComplete);
  EXPECT_EQ(request_.path, "/b");
}

TEST_F(RequestReaderTest, ABodyMayBeLargerThanAnyBuffer) {
  const std::string body(3 << 20, 'x');
  Give("POST /a HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) +
       "\r\n\r\n");
  EXPECT_EQ(reader_.Next(request_), Progress::kIncomplete);
  Give(body);
  ASSERT_EQ(reader_.Next(request_), Progress::kComplete);
  EXPECT_EQ(request_.body, body);
  EXPECT_EQ(request_.path, "/a");
}

TEST_F(RequestReaderTest, AsksForABodyThatIsHeldBackOnce) {
  Give("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(reader_.Next(request_), Progress::kWantsContinue);
  EXPECT_EQ(reader_.Next(request_), Progress::kIncomplete);
  Give("x");
  EXPECT_EQ(reader_.Next(request_), Progress::kComplete);
}

TEST_F(RequestReaderTest, ClosesForOldClientsAndForThoseThatAsk) {
  Give("GET / HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\nConnection: Close\r\n\r\n");
  ASSERT_EQ(reader_.Next(request_), Progress::kComplete);
  EXPECT_EQ(request_.reuse, Reuse::kClose);
  reader_.Discard();
  ASSERT_EQ(reader_.Next(request_), Progress::kComplete);
  EXPECT_EQ(request_.reuse, Reuse::kClose);
}

// Wherever the network cuts a request, the outcome is the same.
TEST_F(RequestReaderTest, ReadsARequestByteByByte) {
  for (const std::string_view text :
       {"POST /a HTTP/1.1\r\nA: b\r\nContent-Length: 2\r\n\r\nxy",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\nxy\r\n0\r\n\r\n"}) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      EXPECT_EQ(reader_.Next(request_), Progress::kIncomplete);
      Give(text.substr(i, 1));
    }
    ASSERT_EQ(reader_.Next(request_), Progress::kComplete);
    EXPECT_EQ(request_.path, "/a");
    EXPECT_EQ(request_.body, "xy");
    reader_.Discard();
  }
}

struct InvalidCase {
  std::string name;
  std::string text;
};

class InvalidRequestTest : public RequestReaderTest,
                           public ::testing::WithParamInterface<InvalidCase> {};

TEST_P(InvalidRequestTest, IsRefused) {
  Give(GetParam().text);
  EXPECT_EQ(reader_.Next(request_), Progress::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(
    Table, InvalidRequestTest,
    ::testing::ValuesIn<InvalidCase>({
        {"NoVersion", "GET /\r\n\r\n"},
        {"OtherVersion", "GET / HTTP/2.0\r\n\r\n"},
        {"NoPath", "GET  HTTP/1.1\r\n\r\n"},
        {"AbsoluteForm", "GET http://a/ HTTP/1.1\r\n\r\n"},
        {"BlankInPath", "GET /a b HTTP/1.1\r\n\r\n"},
        {"NoColon", "GET / HTTP/1.1\r\nnonsense\r\n\r\n"},
        {"NoName", "GET / HTTP/1.1\r\n: x\r\n\r\n"},
        {"BlankBeforeColon", "GET / HTTP/1.1\r\nA : x\r\n\r\n"},
        {"FoldedLine", "GET / HTTP/1.1\r\nA: x\r\n y\r\n\r\n"},
        {"BothLengths",
         "POST / HTTP/1.1\r\nContent-Length: 1\r\n"
         "Transfer-Encoding: chunked\r\n\r\n"},
        {"TwoContentLengths",
         "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"},
        {"SignedLength", "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n"},
        {"HugeLength",
         "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"},
        {"OtherEncoding",
         "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
        {"BadChunkSize",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"},
        {"ChunkTooLong",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabcd"},
        {"EndlessHead", "GET / HTTP/1.1\r\nA: " + std::string(300'000, 'x')},
    }),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace weir::simprovider
