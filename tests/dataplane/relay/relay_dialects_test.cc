// What the relay does in dialects other than OpenAI's, and between two.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "common/dialect/canonical/stream_translation.h"
#include "common/dialect/dialect.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/relay.h"
#include "tests/dataplane/peers/fake_upstream.h"
#include "tests/dataplane/peers/test_loop.h"
#include "tests/dataplane/relay/relay_fixture.h"

namespace weir::dataplane {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::Last;
using ::testing::Not;
using testing::Piece;
using testing::Silence;
using testing::Started;
using ::testing::StartsWith;

// Same dialect on both sides: its own end, its own error event.
TEST_F(RelayTest, AnAnthropicStreamIsPassedOnToItsEnd) {
  format_ = AnswerFormat::kMessages;
  const std::string ping = "event: ping\ndata: {\"type\":\"ping\"}\n\n";
  const std::string stop =
      "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
  Answer(ping, {ping, ": hi\n\n", stop, Last{}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  const Unchunked got(ClientGot());
  EXPECT_EQ(got.data, ping + ping + ": hi\n\n" + stop);
  EXPECT_TRUE(got.ended);
}

TEST_F(RelayTest, AGeminiStreamEndsWithItsBodyBehindAReason) {
  format_ = AnswerFormat::kGenerate;
  const std::string text = "data: {\"candidates\":[]}\r\n\r\n";
  const std::string stop = "data: {\"finishReason\":\"STOP\"}\r\n\r\n";
  Answer(text, {stop, text, Last{}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  const Unchunked got(ClientGot());
  EXPECT_EQ(got.data, text + stop + text);
  EXPECT_TRUE(got.ended);
}

TEST_F(RelayTest, ABrokenStreamIsToldInTheClientsDialect) {
  const struct {
    const dialect::Dialect& dialect;
    Endpoint endpoint;
    AnswerFormat format;
    std::string begin;
  } cases[] = {
      {dialect::OpenAi(), Endpoint::kChatCompletions, AnswerFormat::kChat,
       "data: {\"error\":"},
      {dialect::OpenAi(), Endpoint::kResponses, AnswerFormat::kResponses,
       "event: error\ndata: {\"type\":\"error\""},
      {dialect::Anthropic(), Endpoint::kMessages, AnswerFormat::kMessages,
       "event: error\ndata: {\"type\":\"error\""},
      {dialect::Gemini(), Endpoint::kGenerateContent, AnswerFormat::kGenerate,
       "data: {\"error\":"},
  };
  for (const auto& [dialect, endpoint, format, begin] : cases) {
    request_.dialect = &dialect;
    request_.endpoint = endpoint;
    format_ = format;
    Answer("data: {}\n\n", {Last{}});
    EXPECT_EQ(Run(), RelayEnd::kBroken);
    const Unchunked got(ClientGot());
    EXPECT_THAT(got.data, StartsWith("data: {}\n\n" + begin));
    EXPECT_FALSE(got.ended);
  }
}

// The client has the provider's own word for it, behind which nothing comes; it
// is the provider's failure all the same.
TEST_F(RelayTest, AResponseThatFailsEndsInOrderAndIsHeldAgainstItsProvider) {
  request_.endpoint = Endpoint::kResponses;
  format_ = AnswerFormat::kResponses;
  const std::string failed =
      "event: response.failed\ndata: {\"type\":\"response.failed\","
      "\"response\":{\"error\":{\"code\":\"server_error\"}}}\n\n";
  Answer("data: {}\n\n", {failed, Silence{}});
  const RelayResult result =
      loop_.Run(relay_->Run(std::string(kHead), Chunked{}));
  EXPECT_EQ(result.end, RelayEnd::kBroken);
  EXPECT_EQ(result.blame, Blame::kEndpoint);
  const Unchunked got(ClientGot());
  EXPECT_EQ(got.data, "data: {}\n\n" + failed);
  EXPECT_TRUE(got.ended);
}

class TranslatedRelayTest : public RelayTest {
 protected:
  // An Anthropic stream for a client that speaks OpenAI's dialect.
  void Translate(std::string held, std::deque<Piece> pieces,
                 const dialect::ClientApi& api = dialect::OpenAi()) {
    format_ = AnswerFormat::kMessages;
    Answer(std::move(held), std::move(pieces));
    answer_->translation =
        std::make_unique<dialect::canonical::StreamTranslation>(
            dialect::Anthropic().NewAnswerReader(),
            api.NewAnswerWriter({.id = "r", .model = "m"}));
    MakeRelay();
  }
  static std::string Event(const std::string& json) {
    return "data: " + json + "\n\n";
  }
  const std::string start_ = Event(
      R"({"type":"message_start","message":{"usage":{"input_tokens":7}}})");
  const std::string text_ = Event(R"({"type":"content_block_delta","delta":)"
                                  R"({"type":"text_delta","text":"a"}})");
  const std::string stop_ = Event(R"({"type":"message_stop"})");
};

TEST_F(TranslatedRelayTest, GoesOutEventByEvent) {
  Translate(start_ + text_, {text_ + text_.substr(0, 20), text_.substr(20),
                             stop_ + "data: never", Last{}});
  EXPECT_EQ(Run(), RelayEnd::kComplete);
  const Unchunked got(ClientGot());
  EXPECT_TRUE(got.ended);
  // The head's, the second and third text, the end.
  EXPECT_EQ(got.chunks.size(), 5U);
  EXPECT_THAT(got.data, HasSubstr(R"("delta":{"content":"a"})"));
  EXPECT_THAT(got.data, EndsWith("data: [DONE]\n\n"));
  EXPECT_EQ(InputOf(relay_->usage().usage), 7U);
}

TEST_F(TranslatedRelayTest, WhatIsNotTheProvidersDialectBreaksTheStream) {
  Translate(start_ + text_, {"data: <html>\n\n", stop_, Last{}});
  EXPECT_EQ(Run(), RelayEnd::kBroken);
  const Unchunked got(ClientGot());
  EXPECT_FALSE(got.ended);
  EXPECT_THAT(got.data, HasSubstr("stream_interrupted"));
  EXPECT_THAT(got.data, Not(HasSubstr("[DONE]")));
}

TEST_F(TranslatedRelayTest, AnEndWithoutItsMarkerBreaksTheStream) {
  Translate(start_ + text_, {Last{}});
  EXPECT_EQ(Run(), RelayEnd::kBroken);
  EXPECT_THAT(Unchunked(ClientGot()).data, HasSubstr("without message_stop"));
}

TEST_F(TranslatedRelayTest, AnErrorEventIsToldOnceAndHeldAgainstItsCause) {
  Translate(start_ + text_,
            {Event(R"({"type":"error","error":{"type":"rate_limit_error",)"
                   R"("message":"slow down"}})"),
             Silence{}});
  const RelayResult result =
      loop_.Run(relay_->Run(std::string(kHead), Chunked{}));
  EXPECT_EQ(result.end, RelayEnd::kBroken);
  EXPECT_EQ(result.blame, Blame::kRateLimited);
  const Unchunked got(ClientGot());
  EXPECT_THAT(got.data, HasSubstr(R"(data: {"error":{"message":"slow down")"));
  EXPECT_FALSE(got.ended);
}

// The error's events go on with the numbers of those before it.
TEST_F(TranslatedRelayTest, AClientOfResponsesIsToldOfABreakInItsOwnEvents) {
  request_.endpoint = Endpoint::kResponses;
  Translate(start_ + text_, {"data: <html>\n\n", stop_, Last{}},
            dialect::OpenAiResponses());
  EXPECT_EQ(Run(), RelayEnd::kBroken);
  const Unchunked got(ClientGot());
  // The last of them is an end in order.
  EXPECT_TRUE(got.ended);
  EXPECT_THAT(got.data,
              HasSubstr(R"(data: {"type":"error","sequence_number":5,)"
                        R"("code":"stream_interrupted")"));
  EXPECT_THAT(got.data,
              HasSubstr(R"({"type":"response.failed","sequence_number":6)"));
}

TEST_F(TranslatedRelayTest, SilenceBreaksTheStreamToo) {
  Translate(start_ + text_, {Silence{}});
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  loop_.Pass(kStreamIdle);
  EXPECT_EQ(run.Result().reason, "the provider fell silent");
  EXPECT_THAT(Unchunked(ClientGot()).data, HasSubstr("stream_interrupted"));
}

TEST_F(TranslatedRelayTest, SilenceIsBrokenByLifeSigns) {
  Translate(start_ + text_, {Silence{}, Silence{}, stop_, Last{}});
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  for (int signs = 0; signs < 2; ++signs) loop_.Pass(absl::Seconds(15));
  EXPECT_EQ(run.Result().end, RelayEnd::kComplete);
  const Unchunked got(ClientGot());
  EXPECT_THAT(got.data, HasSubstr(": still there\n\n: still there\n\ndata: "));
  EXPECT_THAT(got.data, EndsWith("data: [DONE]\n\n"));
}

// They are weir's own, and say nothing of the provider.
TEST_F(TranslatedRelayTest, LifeSignsDoNotProlongASilence) {
  Translate(start_ + text_, {});
  Started run(loop_, relay_->Run(std::string(kHead), Chunked{}));
  for (int signs = 0; signs < 4; ++signs) loop_.Pass(kStreamIdle / 4);
  EXPECT_EQ(run.Result().reason, "the provider fell silent");
}

TEST_F(TranslatedRelayTest, AProvidersErrorEndsAStreamOfResponsesInOrder) {
  request_.endpoint = Endpoint::kResponses;
  Translate(start_ + text_,
            {Event(R"({"type":"error","error":{"type":"overloaded_error",)"
                   R"("message":"busy"}})"),
             Silence{}},
            dialect::OpenAiResponses());
  EXPECT_EQ(Run(), RelayEnd::kBroken);
  const Unchunked got(ClientGot());
  EXPECT_TRUE(got.ended);
  EXPECT_THAT(got.data, HasSubstr("event: response.failed\n"));
}

}  // namespace
}  // namespace weir::dataplane
