#include "controlplane/publish/publisher.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::NotNull;

class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest()
      : publisher_(7,
                   {[this](Lane lane) { return Content(lane); },
                    [](Lane, const Version& version, std::string_view content) {
                      return std::to_string(version.sequence) + ":" +
                             std::string(content);
                    }}) {
    publisher_.OnPublish([this](Lane lane, PublicationPtr publication) {
      EXPECT_EQ(publisher_.Latest(lane), publication);
      published_.push_back(publication->message);
    });
  }

  std::optional<std::string> Content(Lane lane) {
    ++serialized_;
    const auto found = content_.find(lane);
    if (found == content_.end()) return std::nullopt;
    return found->second;
  }
  void Change(Lane lane, std::string content) {
    content_[lane] = std::move(content);
    publisher_.OnChange(lane, clock_.Now());
  }
  void TickAfter(absl::Duration passed) {
    clock_.Advance(passed);
    publisher_.Tick(clock_.Now());
  }
  std::vector<std::string> TakePublished() {
    return std::exchange(published_, {});
  }

  testing::FakeClock clock_;
  std::map<Lane, std::string> content_;
  int serialized_ = 0;
  std::vector<std::string> published_;
  Publisher publisher_;
};

TEST_F(PublisherTest, WithNothingToSayNothingIsPublished) {
  TickAfter(absl::Seconds(1));
  EXPECT_THAT(TakePublished(), IsEmpty());
  EXPECT_THAT(publisher_.Latest(Lane::kConfig), IsNull());
}

TEST_F(PublisherTest, TheFirstVersionWaitsForNothing) {
  Change(Lane::kConfig, "a");
  TickAfter(absl::ZeroDuration());
  EXPECT_THAT(TakePublished(), ElementsAre("1:a"));
  const PublicationPtr latest = publisher_.Latest(Lane::kConfig);
  ASSERT_THAT(latest, NotNull());
  EXPECT_EQ(latest->version, (Version{7, 1, Sha256("a")}));
}

TEST_F(PublisherTest, ConfigIsToldAfterAHundredQuietMilliseconds) {
  Change(Lane::kConfig, "a");
  TickAfter(absl::ZeroDuration());
  TakePublished();
  Change(Lane::kConfig, "b");
  TickAfter(absl::Milliseconds(60));
  Change(Lane::kConfig, "c");
  TickAfter(absl::Milliseconds(60));
  EXPECT_THAT(TakePublished(), IsEmpty());
  TickAfter(absl::Milliseconds(40));
  // The version in between was nobody's.
  EXPECT_THAT(TakePublished(), ElementsAre("2:c"));
}

TEST_F(PublisherTest, WeightsThatNeverRestAreToldFourTimesASecond) {
  Change(Lane::kWeights, "first");
  TickAfter(absl::ZeroDuration());
  TakePublished();
  int told = 0;
  for (int ms = 0; ms < 1000; ms += 25) {
    Change(Lane::kWeights, std::to_string(ms));
    TickAfter(absl::Milliseconds(25));
    told += static_cast<int>(TakePublished().size());
  }
  EXPECT_EQ(told, 4);
}

TEST_F(PublisherTest, ADeathWaitsForTheNextTickOnly) {
  Change(Lane::kWeights, "alive");
  TickAfter(absl::ZeroDuration());
  TakePublished();
  clock_.Advance(absl::Seconds(1));
  content_[Lane::kWeights] = "dead";
  publisher_.OnUrgentChange(Lane::kWeights, clock_.Now());
  TickAfter(absl::ZeroDuration());
  EXPECT_THAT(TakePublished(), ElementsAre("2:dead"));
}

TEST_F(PublisherTest, ContentThatIsTheSameAgainIsNoNewVersion) {
  Change(Lane::kConfig, "a");
  TickAfter(absl::ZeroDuration());
  Change(Lane::kConfig, "a");
  TickAfter(absl::Seconds(1));
  EXPECT_THAT(TakePublished(), ElementsAre("1:a"));
  EXPECT_EQ(publisher_.Latest(Lane::kConfig)->version.sequence, 1);
}

TEST_F(PublisherTest, LanesCountForThemselves) {
  Change(Lane::kConfig, "c");
  Change(Lane::kWeights, "w");
  TickAfter(absl::ZeroDuration());
  EXPECT_THAT(TakePublished(), ElementsAre("1:c", "1:w"));
  Change(Lane::kWeights, "x");
  TickAfter(absl::Seconds(1));
  EXPECT_THAT(TakePublished(), ElementsAre("2:x"));
}

TEST_F(PublisherTest, AVersionForSomeIsNewerAndNotTheLatest) {
  Change(Lane::kConfig, "a");
  TickAfter(absl::ZeroDuration());
  const PublicationPtr issued = publisher_.Issue(Lane::kConfig, "b");
  EXPECT_EQ(issued->message, "2:b");
  EXPECT_EQ(publisher_.Latest(Lane::kConfig)->message, "1:a");
  EXPECT_THAT(TakePublished(), ElementsAre("1:a"));
  content_[Lane::kConfig] = "b";
  publisher_.Adopt(Lane::kConfig, issued);
  EXPECT_EQ(publisher_.Latest(Lane::kConfig), issued);
  TickAfter(absl::Seconds(1));
  EXPECT_THAT(TakePublished(), IsEmpty()) << "it is the latest already";
}

TEST_F(PublisherTest, TheSameContentIsANewVersionWhenItIsRenewed) {
  Change(Lane::kConfig, "a");
  TickAfter(absl::ZeroDuration());
  publisher_.Issue(Lane::kConfig, "b");
  publisher_.Renew(Lane::kConfig);
  EXPECT_THAT(TakePublished(), ElementsAre("1:a", "3:a"));
}

TEST_F(PublisherTest, WhatHasNotChangedIsNotSerializedAgain) {
  Change(Lane::kConfig, "c");
  Change(Lane::kWeights, "w");
  TickAfter(absl::ZeroDuration());
  const int before = serialized_;
  for (int i = 0; i < 100; ++i) TickAfter(absl::Milliseconds(25));
  EXPECT_EQ(serialized_, before);
}

}  // namespace
}  // namespace weir::controlplane
