#include "dataplane/relay/relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/socket_base.hpp>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/request.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/fake_upstream.h"
#include "tests/dataplane/peers/test_loop.h"
#include "tests/dataplane/relay/relay_fixture.h"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;
using testing::kDone;
using testing::Last;
using ::testing::Not;
using testing::Piece;
using testing::RawChunk;
using testing::Says;
using testing::Silence;
using testing::Started;
using ::testing::StartsWith;

TEST_F(RelayTest, AStreamIsPassedOnByteForByteWithItsEnd) {
  Answer(Says("a"), {Says("b"), std::string(kDone), Last{}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  const Unchunked got(ClientGot());
  EXPECT_EQ(got.data, Says("a") + Says("b") + std::string(kDone));
  EXPECT_TRUE(got.ended);
}

// A chunk with two leading zeros, which no encoder makes.
RawChunk OddChunk(std::string_view data) {
  return {absl::StrCat("00", testing::Chunk(data))};
}

TEST_F(RelayTest, WholeEventsInWholeChunksAreNotFramedAnew) {
  const RawChunk raw = OddChunk(Says("b"));
  Answer(Says("a"), {raw, std::string(kDone), Last{}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  const std::string got = ClientGot();
  EXPECT_THAT(got, HasSubstr(raw.bytes));
  EXPECT_EQ(Unchunked(got).data, Says("a") + Says("b") + std::string(kDone));
}

TEST_F(RelayTest, ChunksGoOutAnewWhereTheyCannotGoOutAsTheyCame) {
  const std::string whole = Says("b");
  const std::size_t cut = whole.size() / 2;
  // Events that lie across chunks.
  Answer(Says("a"), {OddChunk(whole.substr(0, cut)),
                     OddChunk(whole.substr(cut)), std::string(kDone), Last{}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  std::string got = ClientGot();
  EXPECT_THAT(got, Not(HasSubstr("\r\n00")));
  EXPECT_EQ(Unchunked(got).data, Says("a") + whole + std::string(kDone));
  // The end comes with it.
  Answer(Says("a"), {OddChunk(whole + std::string(kDone)), Last{}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  got = ClientGot();
  EXPECT_THAT(got, Not(HasSubstr("\r\n00")));
  EXPECT_TRUE(Unchunked(got).ended);
  // Something is taken out.
  request_.asks_for_usage = true;
  Answer(Says("a"), {OddChunk(whole), std::string(kDone), Last{}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  got = ClientGot();
  EXPECT_THAT(got, Not(HasSubstr("\r\n00")));
  EXPECT_EQ(Unchunked(got).data, Says("a") + whole + std::string(kDone));
  request_.asks_for_usage = false;
  // The client's HTTP has no chunks.
  Answer(Says("a"), {OddChunk(whole), std::string(kDone), Last{}});
  EXPECT_EQ(Run(UntilClose{}), RelayEnd::kComplete);
  EXPECT_EQ(ClientGot(), Says("a") + whole + std::string(kDone));
}

// More than the sockets hold, so that chunks go out in parts.
TEST_F(RelayTest, AClientThatReadsLateGetsEveryByteOnce) {
  std::deque<testing::Piece> pieces;
  std::string all = Says("a");
  for (int i = 0; i < 200; ++i) {
    const std::string event =
        Says(std::string(60'000, static_cast<char>('b' + i % 20)));
    pieces.emplace_back(OddChunk(event));
    all += event;
  }
  pieces.emplace_back(std::string(kDone));
  pieces.emplace_back(Last{});
  Answer(Says("a"), std::move(pieces));
  Started relaying(loop_, relay_->Run(std::string(kHead), Chunked{}));
  EXPECT_FALSE(relaying.ended());
  std::string got;
  while (!relaying.ended() || pair_.theirs.available() > 0) {
    std::string more(std::max<std::size_t>(pair_.theirs.available(), 1), '\0');
    more.resize(pair_.theirs.read_some(boost::asio::buffer(more)));
    got += more;
    loop_.Settle();
  }
  const Unchunked data(std::string_view(got).substr(kHead.size()));
  EXPECT_TRUE(data.data == all + std::string(kDone));
  EXPECT_TRUE(data.ended);
  EXPECT_EQ(account_.report.bytes_to_clients, got.size());
}

TEST_F(RelayTest, WhatTheProviderSaidOfItsWorkIsKnownAfterwards) {
  const std::string usage =
      R"(data: {"choices":[],"usage":{"prompt_tokens":7}})"
      "\n\n";
  // In one piece, in several, and held as a whole.
  Answer(Says("a"), {usage + std::string(kDone), Last{}});
  Run();
  EXPECT_EQ(InputOf(relay_->usage().usage), 7U);
  Answer(Says("a"),
         {usage.substr(0, 40), usage.substr(40), std::string(kDone), Last{}});
  Run();
  EXPECT_EQ(InputOf(relay_->usage().usage), 7U);
  Answer(usage + std::string(kDone), {});
  answer_->complete = true;
  Run();
  EXPECT_EQ(InputOf(relay_->usage().usage), 7U);
}

TEST_F(RelayTest, AnEventGoesOutWhenItIsWhole) {
  Answer(Says("a") + "data: {\"cho",
         {"ices\":[]}\n", "\n", Last{std::string(kDone)}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  const Unchunked got(ClientGot());
  ASSERT_GE(got.chunks.size(), 3U);
  EXPECT_EQ(got.chunks[0], Says("a"));
  EXPECT_EQ(got.chunks[1], "data: {\"choices\":[]}\n\n");
  EXPECT_EQ(got.chunks[2], kDone);
}

// The end marker may be cut anywhere, with or without an event before it.
TEST_F(RelayTest, TheEndMarkerComesThroughHoweverItIsDivided) {
  const std::string stream = Says("b") + std::string(kDone);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    SCOPED_TRACE(cut);
    Answer(Says("a"), {stream.substr(0, cut), stream.substr(cut), Last{}});
    EXPECT_EQ(Run(), RelayEnd::kComplete);
    const Unchunked got(ClientGot());
    EXPECT_EQ(got.data, Says("a") + stream);
    EXPECT_TRUE(got.ended);
  }
}

TEST_F(RelayTest, TheProvidersErrorComesThroughHoweverItIsDivided) {
  const std::string error =
      "data: {\"error\":{\"message\":\"overloaded\"}}\n\n";
  const std::string stream = Says("b") + error;
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    SCOPED_TRACE(cut);
    Answer(Says("a"), {stream.substr(0, cut), stream.substr(cut), Last{}});
    EXPECT_EQ(Run(), RelayEnd::kBroken);
    const Unchunked got(ClientGot());
    EXPECT_EQ(got.data, Says("a") + stream);
    EXPECT_FALSE(got.ended);
  }
}

TEST_F(RelayTest, AnEndMarkerWithoutItsEmptyLineIsAnEnd) {
  Answer(Says("a"), {"data: [DONE]\n", Last{}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  const Unchunked got(ClientGot());
  EXPECT_EQ(got.data, Says("a") + "data: [DONE]\n");
  EXPECT_TRUE(got.ended);
}

TEST_F(RelayTest, AStreamThatBreaksOffEndsWithAnErrorEventAndNoEnd) {
  for (const Piece& end :
       {Piece(absl::UnavailableError("cut short")), Piece(Last{}),
        Piece(absl::DataLossError("malformed chunk"))}) {
    Answer(Says("a"), {Says("b") + "data: {\"part", end});
    EXPECT_EQ(Run(), RelayEnd::kBroken);
    const Unchunked got(ClientGot());
    EXPECT_THAT(got.data, StartsWith(Says("a") + Says("b") +
                                     "data: {\"error\":{\"message\":"));
    EXPECT_THAT(got.data, HasSubstr("\"code\":\"stream_interrupted\""));
    EXPECT_THAT(got.data, Not(HasSubstr("part")));
    EXPECT_FALSE(got.ended);
  }
}

TEST_F(RelayTest, AProviderThatFallsSilentIsGivenUp) {
  Answer(Says("a"), {});
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  loop_.Pass(kStreamIdle - absl::Seconds(1));
  EXPECT_FALSE(run.ended());
  loop_.Pass(absl::Seconds(1));
  EXPECT_EQ(run.Result().end, RelayEnd::kBroken);
  const Unchunked got(ClientGot());
  EXPECT_THAT(got.data, HasSubstr("fell silent"));
  EXPECT_FALSE(got.ended);
}

TEST_F(RelayTest, TheNodesEndIsToldByAnErrorEvent) {
  Answer(Says("a"), {});
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  loop_.Settle();
  interrupt_.Raise(Interrupt::Why::kShutdown);
  EXPECT_EQ(run.Result().end, RelayEnd::kBroken);
  EXPECT_THAT(Unchunked(ClientGot()).data, HasSubstr("stream_interrupted"));
}

TEST_F(RelayTest, TheClientHasTheEndBeforeTheProvidersBodyEnds) {
  Answer(Says("a"), {std::string(kDone)});
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  loop_.Settle();
  EXPECT_TRUE(Unchunked(ClientGot()).ended);
  EXPECT_FALSE(run.ended());
  // The provider's last chunk never comes.
  loop_.Pass(absl::Milliseconds(100));
  EXPECT_EQ(run.Result().end, RelayEnd::kComplete);
  EXPECT_FALSE(interrupt_.raised());
}

TEST_F(RelayTest, AClientThatLeavesEndsIt) {
  Answer(Says("a"), {});
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  loop_.Settle();
  interrupt_.Raise(Interrupt::Why::kClientGone);
  EXPECT_EQ(run.Result().end, RelayEnd::kClientGone);
}

TEST_F(RelayTest, AClientThatResetsEndsItAtTheNextWrite) {
  pair_.theirs.set_option(boost::asio::socket_base::linger(true, 0));
  pair_.theirs.close();
  Answer(Says("a"), {Says("b"), Says("c")});
  EXPECT_EQ(Run(), RelayEnd::kClientGone);
  EXPECT_EQ(interrupt_.why(), Interrupt::Why::kClientGone);
}

// Reads the provider no faster than the client takes.
TEST_F(RelayTest, AClientThatTakesNothingStopsTheReading) {
  constexpr int kPieces = 2000;
  std::deque<Piece> pieces;
  std::string want;
  for (int i = 0; i < kPieces; ++i) {
    pieces.push_back(Says(std::string(16'000, 'x')));
    want += std::get<std::string>(pieces.back());
  }
  pieces.push_back(Last{std::string(kDone)});
  want += kDone;
  Answer("", std::move(pieces));
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  loop_.Settle();
  const int read_ahead = reads_;
  EXPECT_LT(read_ahead, kPieces / 2) << "what the kernel holds, and no more";
  loop_.Settle();
  EXPECT_EQ(reads_, read_ahead);
  std::string got;
  while (!got.ends_with(testing::kLastChunk)) {
    loop_.Settle();
    while (pair_.theirs.available() > 0) {
      std::string more(pair_.theirs.available(), '\0');
      more.resize(pair_.theirs.read_some(boost::asio::buffer(more)));
      got += more;
    }
  }
  EXPECT_EQ(run.Result().end, RelayEnd::kComplete);
  EXPECT_TRUE(Unchunked(std::string_view(got).substr(kHead.size())).data ==
              want);
}

TEST_F(RelayTest, AClientThatTakesNothingForTooLongIsGone) {
  Answer("", {Says(std::string(std::size_t{16} << 20, 'x'))});
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  loop_.Pass(absl::Seconds(59));
  EXPECT_FALSE(run.ended());
  loop_.Pass(absl::Seconds(1));
  EXPECT_EQ(run.Result().end, RelayEnd::kClientGone);
}

TEST_F(RelayTest, ABodyIsPassedOnInItsOwnFraming) {
  for (const bool chunked : {true, false}) {
    Answer("held ", {"more ", Last{"end"}});
    answer_->is_stream = false;
    EXPECT_EQ(Run(chunked ? AnswerFraming(Chunked{})
                          : AnswerFraming(KnownLength{13})),
              RelayEnd::kComplete);
    const std::string got = ClientGot();
    EXPECT_EQ(chunked ? Unchunked(got).data : got, "held more end");
  }
}

TEST_F(RelayTest, ABodyThatIsCutHasNoEnd) {
  Answer("held", {absl::UnavailableError("cut")});
  answer_->is_stream = false;
  EXPECT_EQ(Run(), RelayEnd::kBroken);
  const Unchunked got(ClientGot());
  EXPECT_EQ(got.data, "held");
  EXPECT_FALSE(got.ended);
}

// Streams without an end marker of their own end with their body.
TEST_F(RelayTest, AnUnknownApisStreamEndsWithItsBody) {
  format_ = AnswerFormat::kOpaque;
  Answer("data: x\n\n", {"data: y\n\n", Last{"data: z"}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  const Unchunked got(ClientGot());
  EXPECT_EQ(got.data, "data: x\n\ndata: y\n\ndata: z");
  EXPECT_TRUE(got.ended);
}

TEST_F(RelayTest, AnAnswerMayNotTakeLongerThanItsDeadline) {
  deadline_ = loop_.clock.Now() + absl::Seconds(20);
  Answer(Says("a"), {});
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  loop_.Pass(absl::Seconds(19));
  EXPECT_FALSE(run.ended());
  loop_.Pass(absl::Seconds(1));
  const RelayResult result = run.Result();
  EXPECT_EQ(result.end, RelayEnd::kBroken);
  EXPECT_EQ(result.reason, "the answer took longer than it may");
  EXPECT_EQ(result.blame, Blame::kEndpoint);
}

TEST_F(RelayTest, KeepAliveCommentsAreSignsOfLife) {
  Answer(Says("a"), {": ping\n\n", Silence{}});
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  loop_.Pass(absl::Seconds(59));
  EXPECT_FALSE(run.ended());
  loop_.Pass(absl::Seconds(1));
  EXPECT_EQ(run.Result().reason, "the provider fell silent");
}

struct EventBlame {
  std::string event;
  Blame want;
};

TEST_F(RelayTest, AnErrorEventSaysWhoIsToBlame) {
  const std::vector<EventBlame> cases = {
      {R"({"error":{"type":"server_error"}})", Blame::kEndpoint},
      {R"({"error":{"type":"rate_limit_error"}})", Blame::kRateLimited},
      {R"({"error":{"code":"insufficient_quota"}})", Blame::kCredential},
      {R"({"error":{"type":"invalid_request_error"}})", Blame::kClient},
  };
  for (const EventBlame& c : cases) {
    const std::string event = "data: " + c.event + "\n\n";
    // Whole, and in two pieces.
    for (const std::size_t cut : {std::size_t{0}, event.size() - 9}) {
      Answer(Says("a"), {event.substr(0, cut), event.substr(cut)});
      const RelayResult result =
          loop_.Run(relay_->Run(std::string(kHead), Chunked{}));
      EXPECT_EQ(result.end, RelayEnd::kBroken);
      EXPECT_EQ(result.blame, c.want) << c.event << cut;
    }
  }
}

}  // namespace
}  // namespace weir::dataplane
