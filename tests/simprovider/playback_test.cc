#include "tests/simprovider/playback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/simprovider/dialect/event_script.h"

namespace weir::simprovider {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Answer Whole() {
  Answer answer;
  answer.body = "0123456789";
  return answer;
}

// `open`, three tokens `0` `1` `2`, `close`, `end`.
Answer Stream() {
  auto events = std::make_unique<EventScript>();
  events->Add("open");
  events->AddTokens(3, [](std::size_t index, std::string& out) {
    out += std::to_string(index);
  });
  events->Add("close");
  events->Add("end");
  Answer answer;
  answer.content_type = "text/event-stream";
  answer.events = std::move(events);
  return answer;
}

struct Played {
  std::string bytes;
  std::vector<absl::Duration> waits;  // Those that are not zero.
  Ending ending;

  std::string body() const { return bytes.substr(bytes.find("\r\n\r\n") + 4); }
};

Played Play(Answer answer, Delivery delivery) {
  Playback playback(std::move(answer), std::move(delivery));
  Played played;
  for (;;) {
    const Playback::Step step = playback.Next(played.bytes);
    if (const Ending* ending = std::get_if<Ending>(&step)) {
      played.ending = *ending;
      return played;
    }
    const absl::Duration wait = std::get<Playback::After>(step).wait;
    if (wait > absl::ZeroDuration()) played.waits.push_back(wait);
  }
}

constexpr char kWholeStream[] =
    "4\r\nopen\r\n1\r\n0\r\n1\r\n1\r\n1\r\n2\r\n5\r\nclose\r\n3\r\nend\r\n"
    "0\r\n\r\n";

TEST(PlaybackTest, AWholeAnswerHasItsLength) {
  Answer answer = Whole();
  answer.status = 429;
  answer.header_lines = "retry-after: 7\r\n";
  EXPECT_EQ(Play(std::move(answer), {}).bytes,
            "HTTP/1.1 429 Too Many Requests\r\n"
            "content-type: application/json\r\nretry-after: 7\r\n"
            "content-length: 10\r\n\r\n0123456789");
}

TEST(PlaybackTest, AStreamIsChunkedByEvent) {
  const Played played = Play(Stream(), {});
  EXPECT_THAT(played.bytes, HasSubstr("transfer-encoding: chunked\r\n"));
  EXPECT_EQ(played.body(), kWholeStream);
  EXPECT_EQ(played.ending, Ending::kKeepOpen);
}

TEST(PlaybackTest, TokensTakeTheirTimeAndWhatBelongsToThemDoesNot) {
  const absl::Duration gap = absl::Milliseconds(20);
  // Before the second and the third of three tokens.
  EXPECT_THAT(Play(Stream(), {.token_gap = gap}).waits, ElementsAre(gap, gap));
  EXPECT_THAT(Play(Whole(), {.token_gap = gap}).waits, ElementsAre());
}

TEST(PlaybackTest, AClosingConnectionSaysSo) {
  const Played played = Play(Whole(), {.ending = Ending::kClose});
  EXPECT_THAT(played.bytes, HasSubstr("connection: close\r\n"));
  EXPECT_EQ(played.ending, Ending::kClose);
}

TEST(PlaybackTest, TheAnswerToAHeadHasNoBody) {
  EXPECT_EQ(Play(Whole(), {.omit_body = true}).body(), "");
  EXPECT_EQ(Play(Stream(), {.omit_body = true}).body(), "");
}

TEST(PlaybackTest, CommentsComeBeforeTheFirstEvent) {
  const absl::Duration gap = absl::Seconds(1);
  const Played played = Play(Stream(), {.comments = 2, .comment_gap = gap});
  EXPECT_THAT(played.body(),
              StartsWith("e\r\n: keep-alive\n\n\r\ne\r\n: keep-alive\n\n\r\n"
                         "4\r\nopen"));
  EXPECT_THAT(played.waits, ElementsAre(gap, gap));
}

TEST(PlaybackTest, ACutCountsFromTheFirstByteOfTheHead) {
  const std::string whole = Play(Whole(), {}).bytes;
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{17}, whole.size() - 1, whole.size()}) {
    const Played played =
        Play(Whole(), {.cut = Delivery::Cut{bytes, Ending::kReset}});
    EXPECT_EQ(played.bytes, whole.substr(0, bytes));
    EXPECT_EQ(played.ending, Ending::kReset);
  }
}

TEST(PlaybackTest, ACutFallsIntoAnyEventOfAStream) {
  const std::string whole = Play(Stream(), {}).bytes;
  for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
    const Played played =
        Play(Stream(), {.cut = Delivery::Cut{bytes, Ending::kSilence}});
    EXPECT_EQ(played.bytes, whole.substr(0, bytes));
    EXPECT_EQ(played.ending, Ending::kSilence);
  }
}

TEST(PlaybackTest, ACutBeyondTheAnswerIsNone) {
  const Played played =
      Play(Whole(), {.cut = Delivery::Cut{10'000, Ending::kReset}});
  EXPECT_EQ(played.bytes, Play(Whole(), {}).bytes);
  EXPECT_EQ(played.ending, Ending::kKeepOpen);
}

struct TruncationCase {
  std::string name;
  TruncateFault fault;
  std::string body;
  Ending ending;
};

class TruncationTest : public ::testing::TestWithParam<TruncationCase> {};

TEST_P(TruncationTest, AStreamEndsBeforeItsTerminator) {
  const Played played = Play(Stream(), {.truncate = GetParam().fault});
  EXPECT_EQ(played.body(), GetParam().body);
  EXPECT_EQ(played.ending, GetParam().ending);
}

constexpr auto kAbrupt = TruncateFault::End::kAbrupt;

INSTANTIATE_TEST_SUITE_P(
    Table, TruncationTest,
    ::testing::ValuesIn<TruncationCase>({
        {"AfterTwoEventsIfNothingIsSaid",
         {},
         "4\r\nopen\r\n1\r\n0\r\n0\r\n\r\n",
         Ending::kKeepOpen},
        {"AfterEvents",
         {.after_events = 5},
         "4\r\nopen\r\n1\r\n0\r\n1\r\n1\r\n1\r\n2\r\n5\r\nclose\r\n0\r\n\r\n",
         Ending::kKeepOpen},
        {"BeforeAnyEvent", {.after_events = 0}, "0\r\n\r\n", Ending::kKeepOpen},
        {"InTheMiddleOfAnEvent",
         {.after_bytes = 2},
         "2\r\nop\r\n0\r\n\r\n",
         Ending::kKeepOpen},
        {"Abruptly",
         {.after_events = 1, .end = kAbrupt},
         "4\r\nopen\r\n",
         Ending::kClose},
        {"AbruptlyInTheMiddle",
         {.after_bytes = 5, .end = kAbrupt},
         "4\r\nopen\r\n1\r\n0\r\n",
         Ending::kClose},
    }),
    [](const auto& tested) { return tested.param.name; });

TEST(PlaybackTest, ATruncatedBodyIsShorterThanItSays) {
  const Played half = Play(Whole(), {.truncate = TruncateFault{}});
  EXPECT_THAT(half.bytes, HasSubstr("content-length: 10\r\n"));
  EXPECT_EQ(half.body(), "01234");
  EXPECT_EQ(half.ending, Ending::kClose);
  EXPECT_EQ(Play(Whole(), {.truncate = TruncateFault{.after_bytes = 3}}).body(),
            "012");
}

TEST(PlaybackTest, AnErrorEventIsTheLast) {
  const Delivery::Error error{.after_events = 2, .event = "oops"};
  EXPECT_EQ(Play(Stream(), {.error = error}).body(),
            "4\r\nopen\r\n1\r\n0\r\n4\r\noops\r\n0\r\n\r\n");
}

// The stream ends once, even where two faults would end it.
TEST(PlaybackTest, ATruncatedErrorEventEndsTheStreamOnce) {
  const Delivery::Error error{.after_events = 2, .event = "oops"};
  EXPECT_EQ(
      Play(Stream(), {.truncate = TruncateFault{}, .error = error}).body(),
      "4\r\nopen\r\n1\r\n0\r\n0\r\n\r\n");
}

TEST(PlaybackTest, OnlyFaultsSabotage) {
  EXPECT_FALSE(Playback(Whole(), {.comments = 1}).sabotaged());
  EXPECT_TRUE(Playback(Whole(), {.garbage = "x"}).sabotaged());
  EXPECT_TRUE(Playback(Whole(), {.truncate = TruncateFault{}}).sabotaged());
}

std::string Garbage(GarbageFault::Kind kind, std::size_t bytes = 0) {
  return Play(Whole(),
              {.garbage = GarbageFor({.kind = kind, .bytes = bytes}, Whole())})
      .bytes;
}

TEST(GarbageTest, EachKindBreaksItsRule) {
  using Kind = GarbageFault::Kind;
  EXPECT_THAT(Garbage(Kind::kNotHttp), Not(HasSubstr("HTTP/1.1")));
  EXPECT_THAT(
      Garbage(Kind::kTwoLengths),
      HasSubstr("content-length: 10\r\ntransfer-encoding: chunked\r\n"));
  EXPECT_THAT(Garbage(Kind::kTwoContentLengths),
              HasSubstr("content-length: 10\r\ncontent-length: 1\r\n"));
  EXPECT_THAT(Garbage(Kind::kBadChunk), HasSubstr("\r\n\r\nzz\r\n"));
  EXPECT_GT(Garbage(Kind::kLargeHead, 100'000).find("\r\n\r\n"), 100'000U);
  EXPECT_THAT(Garbage(Kind::kTwoAnswers),
              HasSubstr("0123456789HTTP/1.1 200 OK\r\n"));
}

}  // namespace
}  // namespace weir::simprovider
