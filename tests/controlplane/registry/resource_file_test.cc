#include "controlplane/registry/resource_file.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "controlplane/registry/edits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/fake_store.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/controlplane/temporary_directory.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

std::string Providers(const std::string& name) {
  return "providers:\n  - name: " + name + "\n    base_url: https://" + name +
         ".example/v1\n";
}

class ResourceFileTest : public ::testing::Test {
 protected:
  ResourceFileTest() : registry_(*Registry::Open(store_)) {}

  std::string path() const { return directory_.path() + "/weir.yaml"; }
  // As editors do it: a new file in the old one's place.
  void Write(const std::string& text) {
    std::ofstream(path() + ".new") << text;
    std::filesystem::rename(path() + ".new", path());
  }
  void Follow() {
    follower_ = std::make_unique<ResourceFileFollower>(path(), *registry_);
  }
  // Often enough for a change that holds still.
  absl::Status Settle() {
    follower_->Poll().IgnoreError();
    return follower_->Poll();
  }
  std::string provider() const {
    const Registered current = registry_->Current();
    return current.resources->providers_size() == 0
               ? ""
               : current.resources->providers(0).name();
  }

  TemporaryDirectory directory_;
  FakeStore store_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<ResourceFileFollower> follower_;
};

TEST_F(ResourceFileTest, TheFirstPollReadsAtOnce) {
  Write(Providers("one"));
  Follow();
  EXPECT_THAT(follower_->Poll(), IsOk());
  EXPECT_EQ(provider(), "one");
}

TEST_F(ResourceFileTest, FollowsAChangeOnceItHoldsStill) {
  Write(Providers("one"));
  Follow();
  ASSERT_THAT(follower_->Poll(), IsOk());
  Write(Providers("two"));
  ASSERT_THAT(follower_->Poll(), IsOk());
  EXPECT_EQ(provider(), "one");  // May still be being written.
  ASSERT_THAT(follower_->Poll(), IsOk());
  EXPECT_EQ(provider(), "two");
}

TEST_F(ResourceFileTest, FollowsASymbolicLinkThatIsSwapped) {
  // Kubernetes: weir.yaml -> ..data/weir.yaml, ..data -> a directory.
  const std::filesystem::path root = directory_.path();
  for (const char* name : {"one", "two"}) {
    std::filesystem::create_directory(root / name);
    std::ofstream(root / name / "weir.yaml") << Providers(name);
  }
  std::filesystem::create_symlink("one", root / "..data");
  std::filesystem::create_symlink("..data/weir.yaml", root / "weir.yaml");
  Follow();
  ASSERT_THAT(follower_->Poll(), IsOk());
  EXPECT_EQ(provider(), "one");
  std::filesystem::create_symlink("two", root / "..data_tmp");
  std::filesystem::rename(root / "..data_tmp", root / "..data");
  ASSERT_THAT(Settle(), IsOk());
  EXPECT_EQ(provider(), "two");
}

TEST_F(ResourceFileTest, ABadFileKeepsTheRunningResourcesAndNamesItsLines) {
  Write(Providers("one"));
  Follow();
  ASSERT_THAT(follower_->Poll(), IsOk());
  Write("providers:\n  - name: two\n    base_url: ftp://two.example\n");
  EXPECT_THAT(Settle(), StatusIs(StatusCode::kInvalidArgument,
                                 AllOf(HasSubstr(path() + ":3:"),
                                       HasSubstr("providers[0].base_url"))));
  EXPECT_EQ(provider(), "one");
  EXPECT_EQ(registry_->Current().revision, 1);
  Write(Providers("three"));
  EXPECT_THAT(Settle(), IsOk());
  EXPECT_EQ(provider(), "three");
}

TEST_F(ResourceFileTest, AnEmptyFileIsAnAccidentAndNotAWish) {
  Write(Providers("one"));
  Follow();
  ASSERT_THAT(follower_->Poll(), IsOk());
  Write("");
  EXPECT_THAT(Settle(), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_EQ(provider(), "one");
}

TEST_F(ResourceFileTest, AFileThatIsGoneKeepsTheRunningResources) {
  Write(Providers("one"));
  Follow();
  ASSERT_THAT(follower_->Poll(), IsOk());
  std::filesystem::remove(path());
  EXPECT_THAT(Settle(), StatusIs(StatusCode::kUnavailable, HasSubstr(path())));
  EXPECT_EQ(provider(), "one");
  Write(Providers("two"));
  EXPECT_THAT(Settle(), IsOk());
  EXPECT_EQ(provider(), "two");
}

TEST_F(ResourceFileTest, AMissingFileAtTheStartIsWaitedFor) {
  Follow();
  EXPECT_THAT(follower_->Poll(), StatusIs(StatusCode::kUnavailable));
  Write(Providers("one"));
  EXPECT_THAT(Settle(), IsOk());
  EXPECT_EQ(provider(), "one");
}

TEST_F(ResourceFileTest, ADirectoryIsNoResourceFile) {
  std::filesystem::create_directory(path());
  Follow();
  EXPECT_THAT(follower_->Poll(), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(ResourceFileTest, WhatTheStoreCouldNotKeepIsTriedAgain) {
  Write(Providers("one"));
  Follow();
  store_.FailWith(absl::UnavailableError("disk full"));
  EXPECT_THAT(Settle(),
              StatusIs(StatusCode::kUnavailable, HasSubstr("disk full")));
  store_.FailWith(absl::OkStatus());
  EXPECT_THAT(follower_->Poll(), IsOk());
  EXPECT_EQ(provider(), "one");
}

TEST_F(ResourceFileTest, SectionsThatItLacksStayUnderAdmin) {
  Write(Providers("one"));
  Follow();
  ASSERT_THAT(follower_->Poll(), IsOk());
  ASSERT_THAT(SetModel(*registry_, SampleModel("chat", "one")), IsOk());
  Write(Providers("one") + Providers("two").substr(sizeof("providers:")));
  ASSERT_THAT(Settle(), IsOk());
  EXPECT_EQ(registry_->Current().resources->models_size(), 1);
  EXPECT_EQ(registry_->Current().resources->providers_size(), 2);
}

}  // namespace
}  // namespace weir::controlplane
