#include "dataplane/control_group.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::Eq;

struct QuotaCase {
  std::string name;
  std::string quota_and_period;
  std::optional<std::uint32_t> want;
};

class QuotaTest : public ::testing::TestWithParam<QuotaCase> {};

TEST_P(QuotaTest, FollowsTheTable) {
  EXPECT_THAT(CoresOfQuota(GetParam().quota_and_period), Eq(GetParam().want));
}

INSTANTIATE_TEST_SUITE_P(Table, QuotaTest,
                         ::testing::ValuesIn<QuotaCase>({
                             {"Whole", "200000 100000\n", 2},
                             {"RoundedUp", "150000 100000\n", 2},
                             {"PartOfACore", "10000 100000\n", 1},
                             {"NoQuota", "max 100000\n", std::nullopt},
                             {"NoQuotaInVersion1", "-1\n100000\n",
                              std::nullopt},
                             {"NoFile", "", std::nullopt},
                             {"Garbage", "a b\n", std::nullopt},
                             {"NoPeriod", "100000", std::nullopt},
                             {"ZeroPeriod", "100000 0", std::nullopt},
                             {"ZeroQuota", "0 100000", std::nullopt},
                         }),
                         [](const auto& test) { return test.param.name; });

// A control group's files in a folder of the test's own.
class ControlGroupTest : public ::testing::Test {
 protected:
  ControlGroupTest()
      : root_(std::filesystem::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(root_);
  }
  ~ControlGroupTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& name, const std::string& content) {
    const std::filesystem::path path = root_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << content;
  }

  ControlGroup Read() { return ReadControlGroup(root_.string()); }

 private:
  const std::filesystem::path root_;
};

TEST_F(ControlGroupTest, Version2) {
  Write("cpu.max", "250000 100000\n");
  Write("memory.max", "1073741824\n");
  EXPECT_EQ(Read().cores, 3u);
  EXPECT_EQ(Read().memory_bytes, std::uint64_t{1} << 30);
}

TEST_F(ControlGroupTest, Version2WithoutLimits) {
  Write("cpu.max", "max 100000\n");
  Write("memory.max", "max\n");
  EXPECT_EQ(Read().cores, std::nullopt);
  EXPECT_EQ(Read().memory_bytes, std::nullopt);
}

TEST_F(ControlGroupTest, Version1) {
  Write("cpu/cpu.cfs_quota_us", "50000\n");
  Write("cpu/cpu.cfs_period_us", "100000\n");
  Write("memory/memory.limit_in_bytes", "536870912\n");
  EXPECT_EQ(Read().cores, 1u);
  EXPECT_EQ(Read().memory_bytes, std::uint64_t{512} << 20);
}

TEST_F(ControlGroupTest, NoControlGroupIsNoLimit) {
  EXPECT_EQ(Read().cores, std::nullopt);
  EXPECT_EQ(Read().memory_bytes, std::nullopt);
}

TEST(BytesInFlightForTest, AtMostHalfOfTheMemory) {
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  EXPECT_EQ(BytesInFlightFor(std::nullopt, 512 * kMiB), 512 * kMiB);
  EXPECT_EQ(BytesInFlightFor(2048 * kMiB, 512 * kMiB), 512 * kMiB);
  EXPECT_EQ(BytesInFlightFor(512 * kMiB, 512 * kMiB), 256 * kMiB);
}

}  // namespace
}  // namespace weir::dataplane
