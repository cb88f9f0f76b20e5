#include "dataplane/relay/sse.h"

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/relay/answer_format.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

struct Scanned {
  bool terminated = false;
  bool failed = false;
  // Bytes up to the last end of an event.
  std::size_t whole = 0;

  friend bool operator==(const Scanned&, const Scanned&) = default;
};

std::ostream& operator<<(std::ostream& out, const Scanned& scanned) {
  return out << (scanned.terminated ? "terminated " : "")
             << (scanned.failed ? "failed " : "") << scanned.whole;
}

Scanned Scan(Terminator terminator,
             const std::vector<std::string_view>& pieces) {
  SseScan scan(terminator);
  Scanned result;
  std::size_t before = 0;
  for (const std::string_view piece : pieces) {
    const std::size_t whole = scan.Feed(piece);
    EXPECT_LE(whole, piece.size());
    if (whole > 0) result.whole = before + whole;
    before += piece.size();
  }
  result.terminated = scan.terminated();
  result.failed = scan.failed();
  return result;
}

struct ScanCase {
  std::string name;
  Terminator terminator;
  std::string text;
  Scanned want;
};

class SseScanTest : public ::testing::TestWithParam<ScanCase> {};

TEST_P(SseScanTest, IsTheSameHoweverDivided) {
  const auto& [name, terminator, text, want] = GetParam();
  const std::string_view bytes = text;
  EXPECT_EQ(Scan(terminator, {bytes}), want);
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    single.push_back(bytes.substr(i, 1));
    for (std::size_t k = i; k <= bytes.size(); ++k) {
      ASSERT_EQ(Scan(terminator, {bytes.substr(0, i), bytes.substr(i, k - i),
                                  bytes.substr(k)}),
                want)
          << "divided at " << i << " and " << k;
    }
  }
  EXPECT_EQ(Scan(terminator, single), want) << "byte by byte";
}

std::string NameOf(const ::testing::TestParamInfo<ScanCase>& info) {
  return info.param.name;
}

constexpr Scanned Runs(std::size_t whole) { return {false, false, whole}; }
constexpr Scanned Ends(std::size_t whole) { return {true, false, whole}; }
constexpr Scanned Fails(std::size_t whole) { return {false, true, whole}; }
constexpr Scanned EndsFailed(std::size_t whole) { return {true, true, whole}; }

constexpr Terminator kDone = Terminator::kDone;
constexpr Terminator kResponses = Terminator::kResponsesEvent;
constexpr Terminator kMessages = Terminator::kMessageStop;
constexpr Terminator kGemini = Terminator::kFinishReason;

INSTANTIATE_TEST_SUITE_P(
    Events, SseScanTest,
    ::testing::ValuesIn<ScanCase>({
        {"Nothing", kDone, "", Runs(0)},
        {"OneEvent", kDone, "data: {}\n\n", Runs(10)},
        {"OneWithCr", kDone, "data: {}\r\n\r\n", Runs(12)},
        {"MixedLineEnds", kDone, "data: {}\r\n\n", Runs(11)},
        {"NotWhole", kDone, "data: {}\n", Runs(0)},
        {"SecondNotWhole", kDone, "data: 1\n\ndata: 2\n", Runs(9)},
        {"ThreeLines", kDone, "event: x\nid: 7\ndata: 1\n\n", Runs(24)},
        {"Comment", kDone, ": ping\n\n", Runs(8)},
        {"EmptyLines", kDone, "\n\n\r\n", Runs(4)},
        {"EmptyLineFirst", kDone, "\ndata: 1\n", Runs(1)},
        {"BlankIsNoEmptyLine", kDone, "data: 1\n \n", Runs(0)},
        {"CrInALine", kDone, "data: a\rb\n\nx", Runs(11)},
        {"CrAlone", kDone, "\r", Runs(0)},
        {"LongLine", kDone, "data: " + std::string(120, 'x') + "\n\n",
         Runs(128)},
        {"LongLineWithCr", kDone, std::string(95, 'x') + "\r\n\r\n", Runs(99)},
        {"LineOf96WithCr", kDone, std::string(96, 'x') + "\r\n\r\n", Runs(100)},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Done, SseScanTest,
    ::testing::ValuesIn<ScanCase>({
        {"Done", kDone, "data: [DONE]\n\n", Ends(14)},
        {"DoneWithoutSpace", kDone, "data:[DONE]\n\n", Ends(13)},
        {"DoneWithCr", kDone, "data: 1\r\n\r\ndata: [DONE]\r\n\r\n", Ends(27)},
        {"DoneWithoutAnEmptyLine", kDone, "data: [DONE]\n", Ends(0)},
        {"DoneWithoutALineEnd", kDone, "data: [DONE]", Runs(0)},
        {"DoneInTheText", kDone, "data: {\"x\":\"data: [DONE]\"}\n\n",
         Runs(28)},
        {"DoneInAComment", kDone, ": data: [DONE]\n\n", Runs(16)},
        {"DoneInAnotherField", kDone, "id: [DONE]\n\n", Runs(12)},
        {"DoneOfAnotherApi", kResponses, "data: [DONE]\n\n", Runs(14)},
        {"DoneWhereFramingEnds", Terminator::kFraming, "data: [DONE]\n\n",
         Runs(14)},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Responses, SseScanTest,
    ::testing::ValuesIn<ScanCase>({
        {"Completed", kResponses, "event: response.completed\ndata: {}\n\n",
         Ends(36)},
        {"Incomplete", kResponses, "event: response.incomplete\ndata: {}\n\n",
         Ends(37)},
        {"Failed", kResponses, "event:response.failed\ndata: {}\n\n",
         EndsFailed(32)},
        {"FailedInData", kResponses, "data: {\"type\":\"response.failed\"}\n\n",
         EndsFailed(34)},
        {"Error", kResponses, "event: error\ndata: {\"type\":\"error\"}\n\n",
         Fails(37)},
        {"Other", kResponses, "event: response.output_text.delta\ndata: {}\n\n",
         Runs(44)},
        {"InData", kResponses, "data: {\"type\":\"response.completed\"}\n\n",
         Ends(37)},
        {"InDataWithSpaces", kResponses,
         "data: {\"type\": \"response.completed\"}\n\n", Ends(38)},
        {"OtherInData", kResponses, "data: {\"type\":\"response.created\"}\n\n",
         Runs(35)},
        {"NoString", kResponses, "data: {\"type\":response.failed}\n\n",
         Runs(32)},
        {"OfAnotherApi", kDone, "event: response.completed\n\n", Runs(27)},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Messages, SseScanTest,
    ::testing::ValuesIn<ScanCase>({
        {"Stop", kMessages,
         "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
         Ends(51)},
        {"StopInDataAlone", kMessages, "data: {\"type\": \"message_stop\"}\n\n",
         Ends(32)},
        {"Start", kMessages,
         "event: message_start\ndata: {\"type\":\"message_start\"}\n\n",
         Runs(53)},
        {"Ping", kMessages, "event: ping\ndata: {\"type\":\"ping\"}\n\n",
         Runs(35)},
        {"Overloaded", kMessages,
         "event: error\ndata: {\"type\":\"error\",\"error\":{}}\n\n",
         Fails(48)},
        {"OverloadedInDataAlone", kMessages,
         "data: {\"type\":\"error\",\"error\":{}}\n\n", Fails(35)},
        {"DoneOfOpenAi", kMessages, "data: [DONE]\n\n", Runs(14)},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Gemini, SseScanTest,
    ::testing::ValuesIn<ScanCase>({
        {"Reason", kGemini, "data: {\"finishReason\":\"STOP\"}\r\n\r\n",
         Ends(33)},
        {"ReasonFarBehind", kGemini,
         "data: {\"x\":\"" + std::string(100, 'x') +
             "\",\"finishReason\" : \"STOP\"}\n\n",
         Ends(140)},
        {"ReasonInAText", kGemini,
         "data: {\"x\":\"\\\"finishReason\\\":\"}\n\n", Runs(33)},
        {"ReasonAsAText", kGemini, "data: {\"x\":\"finishReason\"}\n\n",
         Runs(28)},
        {"Blocked", kGemini,
         "data: {\"promptFeedback\":{\"blockReason\":\"OTHER\"}}\n\n",
         Ends(50)},
        {"Runs", kGemini, "data: {\"candidates\":[]}\n\n", Runs(25)},
        {"Fails", kGemini, "data: {\"error\":{\"code\":503}}\n\n", Fails(30)},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Errors, SseScanTest,
    ::testing::ValuesIn<ScanCase>({
        {"Error", kDone, "data: {\"error\":{\"code\":1}}\n\n", Fails(28)},
        {"ErrorWithSpace", kDone, "data: {\"error\": {}}\n\n", Fails(21)},
        {"ErrorEvent", kDone, "event: error\ndata: {}\n\n", Fails(23)},
        {"ErrorWhereFramingEnds", Terminator::kFraming,
         "event: error\ndata: x\n\n", Fails(22)},
        {"ErrorOfResponses", kResponses, "event: error\ndata: {}\n\n",
         Fails(23)},
        {"ErrorIsNull", kDone, "data: {\"error\":null,\"id\":1}\n\n", Runs(29)},
        {"ErrorIsNullWithSpace", kDone,
         "data: {\"error\": null, \"id\": 1}\n\n", Runs(32)},
        {"ErrorInTheText", kDone, "data: {\"x\":{\"error\":1}}\n\n", Runs(25)},
        {"ErrorsAreAnotherEvent", kDone, "event: errors\n\n", Runs(15)},
    }),
    NameOf);

TEST(SseBoundaryTest, IsToldPieceByPiece) {
  SseScan scan(kDone);
  EXPECT_EQ(scan.Feed("data: 1\n\ndata: 2\n\nda"), 18U);
  EXPECT_EQ(scan.events(), 2U);
  EXPECT_EQ(scan.Feed("ta: 3\n"), 0U);
  EXPECT_EQ(scan.events(), 0U);
  EXPECT_EQ(scan.Feed("\n"), 1U);
  EXPECT_EQ(scan.Feed(""), 0U);
  EXPECT_EQ(scan.Feed("data: [DONE]\n\n"), 14U);
  EXPECT_TRUE(scan.terminated());
}

// A connection of Gemini's that ends is an end; until then usage may follow.
TEST(SseBoundaryTest, AReasonIsNoEndBeforeTheBodys) {
  SseScan scan(kGemini);
  scan.Feed("data: {\"finishReason\":\"STOP\"}\n\n");
  EXPECT_TRUE(scan.terminated());
  EXPECT_FALSE(scan.terminated_whole());
}

TEST(TerminatorOfTest, FollowsTheApi) {
  EXPECT_EQ(TerminatorOf(AnswerFormat::kChat), Terminator::kDone);
  EXPECT_EQ(TerminatorOf(AnswerFormat::kCompletions), Terminator::kDone);
  EXPECT_EQ(TerminatorOf(AnswerFormat::kResponses),
            Terminator::kResponsesEvent);
  EXPECT_EQ(TerminatorOf(AnswerFormat::kMessages), Terminator::kMessageStop);
  EXPECT_EQ(TerminatorOf(AnswerFormat::kGenerate), Terminator::kFinishReason);
  EXPECT_EQ(TerminatorOf(AnswerFormat::kEmbeddings), Terminator::kFraming);
  EXPECT_EQ(TerminatorOf(AnswerFormat::kOpaque), Terminator::kFraming);
}

struct EventCase {
  std::string text;
  std::string bytes;
  std::string data;
};

TEST(FirstEventTest, FollowsTheTable) {
  const std::vector<EventCase> cases = {
      {"data: a\n\nrest", "data: a\n\n", "a"},
      {"data:a\n\n", "data:a\n\n", "a"},
      {"data:  a \n\n", "data:  a \n\n", " a "},
      {"data: a\r\n\r\nrest", "data: a\r\n\r\n", "a"},
      {"event: x\nid: 1\ndata: a\n\n", "event: x\nid: 1\ndata: a\n\n", "a"},
      {"data: a\ndata: b\n\n", "data: a\ndata: b\n\n", "a"},
      {"data:\ndata: b\n\n", "data:\ndata: b\n\n", "b"},
      {": ping\n\ndata: a\n\n", ": ping\n\n", ""},
      {"\ndata: a\n\n", "\n", ""},
      {"datax: a\n\n", "datax: a\n\n", ""},
      {"data\n\n", "data\n\n", ""},
  };
  for (const EventCase& c : cases) {
    const std::optional<Event> event = FirstEvent(c.text);
    ASSERT_TRUE(event.has_value()) << c.text;
    EXPECT_EQ(event->bytes, c.bytes) << c.text;
    EXPECT_EQ(event->data, c.data) << c.text;
    for (std::size_t size = 0; size < c.bytes.size(); ++size) {
      EXPECT_FALSE(
          FirstEvent(std::string_view(c.text).substr(0, size)).has_value())
          << c.text << " of " << size;
    }
  }
}

}  // namespace
}  // namespace weir::dataplane
