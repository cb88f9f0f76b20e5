#include "dataplane/trace/sampling.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "dataplane/trace/trace_log.h"
#include "dataplane/trace_context.h"
#include "tests/testing/fake_random.h"

namespace weir::dataplane {
namespace {

struct SamplingCase {
  std::string name;
  std::uint64_t low;
  double share;
  Sampled want;
};

class SamplingTest : public ::testing::TestWithParam<SamplingCase> {};

TEST_P(SamplingTest, FollowsTheTable) {
  EXPECT_EQ(SampleByShare(GetParam().low, GetParam().share), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SamplingTest,
    ::testing::ValuesIn<SamplingCase>({
        {"NoneKeepsNotEvenTheLast", 0x00ff'ffff'ffff'ffff, 0, Sampled::kNo},
        {"AllKeepsEvenTheFirst", 0, 1, Sampled::kYes},
        {"TheUpperHalf", 0x0080'0000'0000'0000, 0.5, Sampled::kYes},
        {"NotTheLowerHalf", 0x007f'ffff'ffff'ffff, 0.5, Sampled::kNo},
        {"TheUpperTenth", 0x00f0'0000'0000'0000, 0.1, Sampled::kYes},
        {"NotWhatIsBelowIt", 0x00e0'0000'0000'0000, 0.1, Sampled::kNo},
        {"TheFirstByteIsNoChance", 0xff00'0000'0000'0000, 0.5, Sampled::kNo},
    }),
    [](const auto& test) { return test.param.name; });

TEST(TraceBeginTest, IsATraceOfItsOwnWithTheVerdictInIt) {
  testing::FakeRandom random({0.75});
  const TraceContext kept = TraceLog(1).Begin(random);
  EXPECT_EQ(kept.sampled(), Sampled::kYes);
  EXPECT_EQ(kept.parent_id(), "");
  EXPECT_EQ(kept.trace_id(), "c000000000000000c000000000000001");
  EXPECT_EQ(kept.span_id(), "c000000000000001");
  EXPECT_EQ(TraceLog(0).Begin(random).sampled(), Sampled::kNo);
  EXPECT_TRUE(TraceContext::Continue(kept.text(), random).has_value());
}

}  // namespace
}  // namespace weir::dataplane
