#include "controlplane/ledger/misreports.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

UsageRow Row(const std::string& provider, const std::string& model,
             std::uint64_t unbelievable) {
  UsageRow row;
  row.series.provider = provider;
  row.series.upstream_model = model;
  row.sums.unbelievable = unbelievable;
  return row;
}

class MisreportsTest : public ::testing::Test {
 protected:
  testing::FakeClock clock_;
  Misreports misreports_{clock_};
};

TEST_F(MisreportsTest, WhoSaysWhatCannotBeTrueIsNamed) {
  misreports_.OnKept({Row("q", "m", 2), Row("p", "m", 0), Row("p", "n", 1)});
  EXPECT_THAT(misreports_.Sources(), ElementsAre(Misreports::Source{"p", "n"},
                                                 Misreports::Source{"q", "m"}));
}

TEST_F(MisreportsTest, ItIsForgottenTenMinutesAfterTheLast) {
  misreports_.OnKept({Row("p", "m", 1), Row("q", "m", 1)});
  clock_.Advance(absl::Minutes(9));
  misreports_.OnKept({Row("p", "m", 1)});
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(misreports_.Sources(), ElementsAre(Misreports::Source{"p", "m"}));
  clock_.Advance(absl::Minutes(9));
  EXPECT_THAT(misreports_.Sources(), IsEmpty());
}

TEST_F(MisreportsTest, ThereIsAnEndToNames) {
  for (std::size_t i = 0; i < Misreports::kMost + 5; ++i) {
    misreports_.OnKept({Row("p", std::to_string(i), 1)});
  }
  EXPECT_THAT(misreports_.Sources(), SizeIs(Misreports::kMost));
  clock_.Advance(Misreports::kMemory);
  misreports_.OnKept({Row("p", "another", 1)});
  EXPECT_THAT(misreports_.Sources(), SizeIs(1));
}

}  // namespace
}  // namespace weir::controlplane
