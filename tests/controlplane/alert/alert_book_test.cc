#include "controlplane/alert/alert_book.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Condition Holds(const std::string& subject, Onset onset = Onset::kAtOnce) {
  return {"target_down", subject, Severity::kWarning, onset, subject + " is"};
}

// With a hold time of 30 s.
class AlertBookTest : public ::testing::Test {
 protected:
  // `+id` for each alert that is raised, `-id` for each that is resolved.
  std::vector<std::string> Update(const std::vector<Condition>& holding) {
    std::vector<std::string> turned;
    for (const Alert& alert : book_.Update(holding, moment_)) {
      turned.push_back((alert.resolved_at ? "-" : "+") + alert.subject);
    }
    return turned;
  }
  void Pass(absl::Duration time) {
    moment_.now += time;
    moment_.wall += time;
  }

  AlertBook book_{absl::Seconds(30)};
  Moment moment_{absl::FromUnixSeconds(1000), absl::FromUnixSeconds(9000)};
};

TEST_F(AlertBookTest, NothingWrongIsNoAlert) {
  EXPECT_THAT(Update({}), IsEmpty());
  EXPECT_THAT(book_.List(), IsEmpty());
}

TEST_F(AlertBookTest, IsRaisedOnceAndResolvedOnce) {
  EXPECT_THAT(Update({Holds("a")}), ElementsAre("+a"));
  Pass(absl::Hours(2));
  EXPECT_THAT(Update({Holds("a")}), IsEmpty());
  const absl::Time raised_at = book_.List()[0].raised_at;
  Pass(absl::Seconds(30));
  EXPECT_THAT(Update({}), ElementsAre("-a"));
  EXPECT_THAT(Update({}), IsEmpty());
  ASSERT_THAT(book_.List(), SizeIs(1));
  EXPECT_EQ(book_.List()[0].id, "target_down:a");
  EXPECT_EQ(book_.List()[0].raised_at, raised_at);
  EXPECT_EQ(book_.List()[0].resolved_at, moment_.wall);
}

TEST_F(AlertBookTest, IsNotResolvedBeforeTheHoldTime) {
  Update({Holds("a")});
  Pass(absl::Seconds(30) - absl::Nanoseconds(1));
  EXPECT_THAT(Update({}), IsEmpty());
  Pass(absl::Nanoseconds(1));
  EXPECT_THAT(Update({}), ElementsAre("-a"));
}

TEST_F(AlertBookTest, FlappingFasterThanTheHoldTimeIsOneAlert) {
  std::vector<std::string> turned;
  for (int second = 0; second < 600; ++second) {
    for (const std::string& turn :
         Update(second % 20 < 10 ? std::vector<Condition>{Holds("a")}
                                 : std::vector<Condition>{})) {
      turned.push_back(turn);
    }
    Pass(absl::Seconds(1));
  }
  EXPECT_THAT(turned, ElementsAre("+a"));
}

TEST_F(AlertBookTest, WhatMustSettleIsRaisedWhenItHeldAllTheTime) {
  const Condition slow = Holds("a", Onset::kSettled);
  EXPECT_THAT(Update({slow}), IsEmpty());
  Pass(absl::Seconds(20));
  EXPECT_THAT(Update({}), IsEmpty());
  EXPECT_THAT(Update({slow}), IsEmpty());
  Pass(absl::Seconds(29));
  EXPECT_THAT(Update({slow}), IsEmpty());
  EXPECT_THAT(book_.List(), IsEmpty());
  Pass(absl::Seconds(1));
  EXPECT_THAT(Update({slow}), ElementsAre("+a"));
}

TEST_F(AlertBookTest, ARestoredAlertIsNotRaisedAgain) {
  Update({Holds("a"), Holds("b")});
  const std::vector<Alert> left = book_.List();
  AlertBook next(absl::Seconds(30));
  Pass(absl::Hours(1));
  next.Restore(left, moment_.now);
  Pass(absl::Seconds(20));
  EXPECT_THAT(next.Update({Holds("a")}, moment_), IsEmpty());
  Pass(absl::Seconds(10));
  const std::vector<Alert> turned = next.Update({Holds("a")}, moment_);
  ASSERT_THAT(turned, SizeIs(1)) << "b is over";
  EXPECT_EQ(turned[0].subject, "b");
  EXPECT_TRUE(turned[0].resolved_at.has_value());
}

TEST_F(AlertBookTest, ListsTheRaisedFirstAndTheNewestFirst) {
  Update({Holds("a"), Holds("b")});
  Pass(absl::Seconds(10));
  Update({Holds("a"), Holds("b"), Holds("c"), Holds("d")});
  Pass(absl::Seconds(30));
  Update({Holds("b"), Holds("d")});
  Pass(absl::Seconds(1));
  Update({Holds("b"), Holds("d"), Holds("e")});
  std::vector<std::string> subjects;
  for (const Alert& alert : book_.List()) subjects.push_back(alert.subject);
  EXPECT_THAT(subjects, ElementsAre("e", "d", "b", "c", "a"));
}

TEST_F(AlertBookTest, TheResolvedAreForgottenAfterADay) {
  Update({Holds("a")});
  Pass(absl::Seconds(30));
  Update({});
  Pass(absl::Hours(24));
  Update({});
  EXPECT_THAT(book_.List(), SizeIs(1));
  Pass(absl::Nanoseconds(1));
  Update({});
  EXPECT_THAT(book_.List(), IsEmpty());
}

TEST_F(AlertBookTest, OfTooManyResolvedTheOldestAreForgotten) {
  std::vector<Condition> many;
  for (std::size_t i = 0; i < AlertBook::kMaxResolved + 5; ++i) {
    many.push_back(Holds(std::to_string(i)));
  }
  Update(many);
  Pass(absl::Seconds(30));
  Update({});
  EXPECT_THAT(book_.List(), SizeIs(AlertBook::kMaxResolved));
}

}  // namespace
}  // namespace weir::controlplane
