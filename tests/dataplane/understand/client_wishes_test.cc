#include "dataplane/understand/client_wishes.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/understand/body_scan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1000);

class ClientWishesTest : public ::testing::Test {
 protected:
  ClientWishesTest() {
    routing_.AddModel("m", {{"p"}});
    routing_.weights->share_in["eu"] = {{0.5, 0, false}};
    routing_.weights->share_in["us"] = {{0.25, 0, false}};
  }

  // What becomes of a request with these header lines and a body of so many
  // bytes.
  void Apply(std::string_view lines, const BodyScan& scan = {},
             std::size_t body_bytes = 10) {
    testing::SentRequest sent(routing_, "POST /v1/chat/completions", lines,
                              std::string(body_bytes, 'x'));
    sent.request.received_at = kNow;
    ApplyWishes(ReadWishes(*sent.request.head), scan, sent.request);
    request_ = sent.request;
  }

  testing::SmallRouting routing_;
  Request request_;
};

struct ComplexityCase {
  BodyScan scan;
  std::size_t body_bytes;
  Complexity want;
};

BodyScan Asking(std::uint64_t tokens) {
  BodyScan scan;
  scan.max_tokens = tokens;
  return scan;
}
BodyScan With(bool BodyScan::*what) {
  BodyScan scan;
  scan.*what = true;
  return scan;
}

TEST_F(ClientWishesTest, ComplexityFollowsTheStatedRules) {
  BodyScan media_and_tools = With(&BodyScan::has_media);
  media_and_tools.has_tools = true;
  const std::vector<ComplexityCase> cases = {
      {{}, 10, Complexity::kSimple},
      {{}, 4096, Complexity::kSimple},
      {{}, 4097, Complexity::kMedium},
      {{}, 32 << 10, Complexity::kMedium},
      {{}, (32 << 10) + 1, Complexity::kComplex},
      {Asking(1024), 10, Complexity::kSimple},
      {Asking(1025), 10, Complexity::kMedium},
      {Asking(4096), 10, Complexity::kMedium},
      {Asking(4097), 10, Complexity::kComplex},
      {With(&BodyScan::has_tools), 10, Complexity::kComplex},
      {With(&BodyScan::has_reasoning), 10, Complexity::kComplex},
      {With(&BodyScan::has_media), 10, Complexity::kMultimodal},
      {media_and_tools, 40 << 10, Complexity::kMultimodal},
  };
  for (const ComplexityCase& c : cases) {
    Apply("", c.scan, c.body_bytes);
    EXPECT_EQ(request_.complexity, c.want)
        << c.body_bytes << ", " << c.scan.max_tokens.value_or(0);
    EXPECT_THAT(request_.ignored_headers, IsEmpty());
  }
}

struct HeaderCase {
  std::string value;
  std::optional<Complexity> want;
};

TEST_F(ClientWishesTest, TheClientMaySayHowHardItsRequestIs) {
  const std::vector<HeaderCase> cases = {
      {"simple", Complexity::kSimple},
      {"medium", Complexity::kMedium},
      {"complex", Complexity::kComplex},
      {"multimodal", Complexity::kMultimodal},
      {"Simple", std::nullopt},
      {"hard", std::nullopt},
  };
  for (const HeaderCase& c : cases) {
    Apply("X-Weir-Complexity: " + c.value + "\r\n", With(&BodyScan::has_tools));
    EXPECT_EQ(request_.complexity, c.want.value_or(Complexity::kComplex))
        << c.value;
    EXPECT_EQ(request_.ignored_headers.empty(), c.want.has_value()) << c.value;
  }
}

TEST_F(ClientWishesTest, ARegionIsTakenWhereTheKeyAllowsIt) {
  routing_.client.regions = {"eu", "mars"};
  Apply("x-weir-region: eu\r\n");
  EXPECT_EQ(request_.region, "eu");
  EXPECT_EQ(SharesOf(request_)[0].weight, 0.5);
  EXPECT_THAT(request_.ignored_headers, IsEmpty());
  // Without the right, and where nobody is.
  for (const std::string region : {"us", "mars"}) {
    Apply("x-weir-region: " + region + "\r\n");
    EXPECT_EQ(request_.region, "");
    EXPECT_EQ(SharesOf(request_)[0].weight, 1);
    EXPECT_THAT(request_.ignored_headers, ElementsAre("x-weir-region"));
  }
  routing_.client.may_ask_for_all_regions = true;
  Apply("x-weir-region: us\r\n");
  EXPECT_EQ(SharesOf(request_)[0].weight, 0.25);
}

struct TimeoutCase {
  std::string lines;
  // Until the deadline.
  std::optional<absl::Duration> want;
  std::vector<std::string> ignored = {};
};

TEST_F(ClientWishesTest, DeadlinesFollowTheTable) {
  const std::vector<TimeoutCase> cases = {
      {"", std::nullopt},
      {"x-weir-timeout: 30\r\n", absl::Seconds(30)},
      {"x-weir-timeout: 1.5\r\n", absl::Milliseconds(1500)},
      {"x-weir-timeout: 500ms\r\n", absl::Milliseconds(500)},
      {"x-weir-timeout: 1m30s\r\n", absl::Seconds(90)},
      {"X-Stainless-Timeout: 600\r\n", absl::Minutes(10)},
      // The sooner of two.
      {"X-Stainless-Timeout: 600\r\nx-weir-timeout: 20s\r\n",
       absl::Seconds(20)},
      {"X-Stainless-Timeout: 6\r\nx-weir-timeout: 20s\r\n", absl::Seconds(6)},
      {"x-weir-timeout: 0\r\n", std::nullopt, {"x-weir-timeout"}},
      {"x-weir-timeout: -3\r\n", std::nullopt, {"x-weir-timeout"}},
      {"x-weir-timeout: -3s\r\n", std::nullopt, {"x-weir-timeout"}},
      {"x-weir-timeout: soon\r\n", std::nullopt, {"x-weir-timeout"}},
      {"x-weir-timeout: nan\r\n", std::nullopt, {"x-weir-timeout"}},
      {"x-weir-timeout: inf\r\n", std::nullopt, {"x-weir-timeout"}},
      {"X-Stainless-Timeout: x\r\nx-weir-timeout: 5\r\n",
       absl::Seconds(5),
       {"x-stainless-timeout"}},
  };
  for (const TimeoutCase& c : cases) {
    Apply(c.lines);
    EXPECT_EQ(request_.deadline,
              c.want.has_value() ? kNow + *c.want : absl::InfiniteFuture())
        << c.lines;
    EXPECT_EQ(std::vector<std::string>(request_.ignored_headers.begin(),
                                       request_.ignored_headers.end()),
              c.ignored)
        << c.lines;
  }
}

TEST_F(ClientWishesTest, TheFirstOfSeveralCounts) {
  Apply("x-weir-timeout: 5\r\nx-weir-timeout: 6\r\n");
  EXPECT_EQ(request_.deadline, kNow + absl::Seconds(5));
}

struct AgentCase {
  std::string name;
  std::string lines;
  std::string session;
  std::string criticality;
};

class AgentHeaderTest : public ::testing::TestWithParam<AgentCase> {};

TEST_P(AgentHeaderTest, SaysWhatClaudeCodeAndCodexMean) {
  testing::SmallRouting routing;
  routing.AddModel("m", {{"p"}});
  const testing::SentRequest sent(routing, "POST /v1/messages",
                                  GetParam().lines, "{}");
  const WishHeaders wishes = ReadWishes(*sent.request.head);
  EXPECT_EQ(wishes.session, GetParam().session);
  EXPECT_EQ(wishes.criticality, GetParam().criticality);
}

INSTANTIATE_TEST_SUITE_P(
    Table, AgentHeaderTest,
    ::testing::ValuesIn<AgentCase>({
        {"Nothing", "accept: x\r\n", "", ""},
        {"SessionOfClaudeCode", "X-Claude-Code-Session-Id: s\r\n", "s", ""},
        {"SessionOfCodex", "session-id: s\r\n", "s", ""},
        {"OursCounts",
         "session-id: s\r\nx-claude-code-session-id: s\r\n"
         "x-weir-session: t\r\n",
         "t", ""},
        {"AuxiliaryWork", "x-claude-code-request-class: auxiliary\r\n", "",
         "sheddable"},
        {"MainWork", "x-claude-code-request-class: main\r\n", "", ""},
        {"ClassesToCome", "x-claude-code-request-class: dreams\r\n", "", ""},
        {"OurWordOnAuxiliaryWork",
         "x-claude-code-request-class: auxiliary\r\n"
         "x-weir-criticality: normal\r\n",
         "", "normal"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::dataplane
