#include "dataplane/trace_context.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "tests/testing/fake_random.h"

namespace weir::dataplane {
namespace {

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kGood[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContextTest, GoesOnWithAParentOfItsOwn) {
  testing::FakeRandom random;
  const auto context = TraceContext::Continue(kGood, random);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->trace_id(), kTrace);
  EXPECT_EQ(context->text().substr(0, 36), std::string(kGood).substr(0, 36));
  EXPECT_EQ(context->text().size(), 55U);
  EXPECT_NE(context->text().substr(36, 16), "b7ad6b7169203331");
  EXPECT_NE(context->text().substr(36, 16), "0000000000000000");
  EXPECT_EQ(context->text().substr(52), "-01");
}

TEST(TraceContextTest, KnowsTheClientsSpanAndItsOwn) {
  testing::FakeRandom random;
  const auto context = TraceContext::Continue(kGood, random);
  EXPECT_EQ(context->parent_id(), "b7ad6b7169203331");
  EXPECT_EQ(context->span_id(), context->text().substr(36, 16));
  const TraceContext within = context->Within(0x12);
  EXPECT_EQ(within.text(),
            std::string("00-") + kTrace + "-0000000000000012-01");
  EXPECT_EQ(within.parent_id(), context->parent_id());
}

TEST(TraceContextTest, ItsLastBitSaysWhetherItIsKept) {
  testing::FakeRandom random;
  for (const auto& [flags, want] : {std::pair{"00", Sampled::kNo},
                                    {"01", Sampled::kYes},
                                    {"02", Sampled::kNo},
                                    {"03", Sampled::kYes},
                                    {"ff", Sampled::kYes},
                                    {"f0", Sampled::kNo}}) {
    const std::string value = std::string(kGood).substr(0, 53) + flags;
    EXPECT_EQ(TraceContext::Continue(value, random)->sampled(), want) << flags;
  }
}

TEST(TraceContextTest, OfALaterVersionWhatIsKnownIsTaken) {
  testing::FakeRandom random;
  const std::string later = "cc" + std::string(kGood).substr(2);
  const auto context = TraceContext::Continue(later + "-more", random);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->text().substr(0, 3), "00-");
  EXPECT_TRUE(TraceContext::Continue(later, random).has_value());
  EXPECT_FALSE(TraceContext::Continue(later + ".more", random).has_value());
}

struct GarbageCase {
  std::string name;
  std::string value;
};

class TraceGarbageTest : public ::testing::TestWithParam<GarbageCase> {};

TEST_P(TraceGarbageTest, IsNoTrace) {
  testing::FakeRandom random;
  EXPECT_FALSE(TraceContext::Continue(GetParam().value, random).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Table, TraceGarbageTest,
    ::testing::ValuesIn<GarbageCase>({
        {"Empty", ""},
        {"Words", "not a trace"},
        {"Short", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"},
        {"Long", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x"},
        {"ForbiddenVersion",
         "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
        {"UpperCase",
         "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
        {"NoTraceId",
         "00-00000000000000000000000000000000-b7ad6b7169203331-01"},
        {"NoParentId",
         "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"},
        {"NoDash", "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
        {"FlagsAreNoNumber",
         "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g"},
    }),
    [](const ::testing::TestParamInfo<GarbageCase>& test) {
      return test.param.name;
    });

}  // namespace
}  // namespace weir::dataplane
