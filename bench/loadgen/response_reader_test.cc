#include "bench/loadgen/response_reader.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::bench {
namespace {

using State = ResponseReader::State;

constexpr std::string_view kStream =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    "Transfer-Encoding: chunked\r\n\r\n"
    "8\r\ndata: {}\r\nD;ext=1\r\n\n\ndata: [DONE\r\n3\r\n]\n\n\r\n0\r\n\r\n";

struct ReaderCase {
  std::string name;
  std::string answer;
  State want;
  State want_at_end;  // After the peer's end.
};

class ResponseReaderTest : public ::testing::TestWithParam<ReaderCase> {};

TEST_P(ResponseReaderTest, ReadsTheAnswerWhereverItIsCut) {
  const std::string_view answer = GetParam().answer;
  for (std::size_t cut = 0; cut <= answer.size(); ++cut) {
    SCOPED_TRACE(cut);
    ResponseReader reader("");
    reader.Feed(answer.substr(0, cut));
    if (reader.state() != State::kInvalid) reader.Feed(answer.substr(cut));
    EXPECT_EQ(reader.state(), GetParam().want);
    EXPECT_EQ(reader.End(), GetParam().want_at_end);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ResponseReaderTest,
    ::testing::ValuesIn<ReaderCase>({
        {"Nothing", "", State::kNothing, State::kNothing},
        {"PartOfTheHead", "HTTP/1.1 200 OK\r\nA: b\r\n", State::kHead,
         State::kHead},
        {"Length", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc",
         State::kComplete, State::kComplete},
        {"EmptyBody", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
         State::kComplete, State::kComplete},
        {"NoContent", "HTTP/1.1 204 No Content\r\n\r\n", State::kComplete,
         State::kComplete},
        {"BodyCutShort", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
         State::kBody, State::kBody},
        {"UntilClose", "HTTP/1.1 200 OK\r\n\r\nabc", State::kBody,
         State::kComplete},
        {"Chunked", std::string(kStream), State::kComplete, State::kComplete},
        {"ChunkedWithoutItsEnd",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
         State::kBody, State::kBody},
        {"BadChunkSize",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
         State::kInvalid, State::kInvalid},
        {"ChunkLongerThanItSaid",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
         State::kInvalid, State::kInvalid},
        {"NoHttp", "SSH-2.0-x\r\n\r\n", State::kInvalid, State::kInvalid},
        {"NoStatus", "HTTP/1.1 xyz\r\n\r\n", State::kInvalid, State::kInvalid},
        {"MoreThanOneAnswer",
         "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n",
         State::kInvalid, State::kInvalid},
    }),
    [](const auto& tested) { return tested.param.name; });

TEST(ResponseReaderPartsTest, TellsWhatTheHeadSays) {
  ResponseReader reader("x-weir-provider");
  reader.Feed(
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
      "X-Weir-Provider: beta\r\nContent-Length: 4\r\n\r\nbusy");
  EXPECT_EQ(reader.status(), 503);
  EXPECT_FALSE(reader.keeps_open());
  EXPECT_FALSE(reader.is_stream());
  EXPECT_EQ(reader.counted_value(), "beta");
  EXPECT_EQ(reader.error_body(), "busy");
}

TEST(ResponseReaderPartsTest, ReadsTheEventsOfAStream) {
  ResponseReader reader("");
  reader.Feed(kStream);
  EXPECT_TRUE(reader.is_stream());
  EXPECT_EQ(reader.events().events(), 2U);
  EXPECT_TRUE(reader.events().terminated());
}

TEST(ResponseReaderPartsTest, NothingOfOneAnswerIsLeftForTheNext) {
  ResponseReader reader("x-a");
  reader.Feed(
      "HTTP/1.1 500 X\r\nX-A: 1\r\nConnection: close\r\n"
      "Content-Length: 1\r\n\r\nx");
  reader.Reset();
  EXPECT_EQ(reader.state(), State::kNothing);
  reader.Feed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(reader.state(), State::kComplete);
  EXPECT_TRUE(reader.keeps_open());
  EXPECT_EQ(reader.counted_value(), "");
  EXPECT_EQ(reader.error_body(), "");
}

}  // namespace
}  // namespace weir::bench
