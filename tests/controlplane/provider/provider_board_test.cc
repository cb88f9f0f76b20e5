#include "controlplane/provider/provider_board.h"

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ProviderBoardTest : public ::testing::Test {
 protected:
  ProviderBoardTest() {
    board_.Follow(
        {{"p", {{{"env:A", 1, ""}, {"env:B", 2, ""}}, 1.0}}, {"q", {{}, 0.5}}});
  }
  ProviderView View(const std::string& provider) const {
    for (const ProviderView& view : board_.Views()) {
      if (view.provider == provider) return view;
    }
    ADD_FAILURE() << "no provider " << provider;
    return {};
  }

  testing::FakeClock clock_;
  ProviderBoard board_{clock_};
};

TEST_F(ProviderBoardTest, EachProviderHasItsOwnPool) {
  EXPECT_THAT(board_.TakeDue(), SizeIs(2));
  board_.OnNodeReport({{"p", {{0, "HTTP 401"}}}, {"gone", {{0, "x"}}}});
  EXPECT_THAT(board_.Refused("p"), ElementsAre(0));
  EXPECT_THAT(board_.Refused("q"), IsEmpty());
  EXPECT_TRUE(View("p").credentials[1].active);
}

TEST_F(ProviderBoardTest, ABudgetIsReachedByWhatProbesCostAndNotForEver) {
  board_.OnProbe("p", 0.75);
  EXPECT_FALSE(board_.BudgetReached("p"));
  board_.OnProbe("p", 0.25);
  EXPECT_TRUE(board_.BudgetReached("p"));
  EXPECT_TRUE(View("p").probe_budget_reached);
  EXPECT_EQ(View("p").probes_today, 2u);
  EXPECT_FALSE(View("q").probe_budget_reached);
  clock_.Advance(absl::Hours(24));
  EXPECT_FALSE(board_.BudgetReached("p"));
}

TEST_F(ProviderBoardTest, ABudgetOfNothingIsReachedFromTheBeginning) {
  board_.Follow({{"p", {{}, 0}}});
  EXPECT_TRUE(board_.BudgetReached("p"));
}

TEST_F(ProviderBoardTest, TodaysSpendingSurvivesARestart) {
  board_.OnProbe("p", 1.5);
  ProviderBoard next(clock_);
  next.Restore(board_.SpentToday());
  next.Follow({{"p", {{}, 1.0}}});
  EXPECT_TRUE(next.BudgetReached("p"));
}

TEST_F(ProviderBoardTest, WhatLeavesTheConfigurationIsForgotten) {
  board_.OnNodeReport({{"p", {{0, "HTTP 401"}}}});
  board_.Follow({});
  EXPECT_THAT(board_.Views(), IsEmpty());
  board_.Follow({{"p", {{{"env:A", 1, ""}}, 1.0}}});
  EXPECT_THAT(board_.Refused("p"), IsEmpty());
}

TEST_F(ProviderBoardTest, ManyThreadsAtOnce) {
  std::thread nodes([&] {
    for (int i = 0; i < 200; ++i) {
      board_.OnNodeReport({{"p", {{0, "HTTP 401"}}}});
    }
  });
  std::thread prober([&] {
    for (int i = 0; i < 200; ++i) {
      board_.OnProbe("p", 0.001);
      board_.OnAnswer({"p", 1}, {CredentialAnswer::Kind::kAccepted});
    }
  });
  for (int i = 0; i < 200; ++i) board_.Views();
  nodes.join();
  prober.join();
  EXPECT_EQ(View("p").probes_today, 200u);
}

}  // namespace
}  // namespace weir::controlplane
