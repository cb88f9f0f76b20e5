#include "controlplane/registry/registry.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "controlplane/registry/edits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/fake_store.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using config::v1::Resources;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

class RegistryTest : public ::testing::Test {
 protected:
  RegistryTest() : registry_(*Registry::Open(store_)) {}

  absl::StatusOr<Outcome> Apply(const Resources& resources,
                                ApplyOptions options = {}) {
    return registry_->Apply(resources, options);
  }
  std::uint64_t revision() const { return registry_->Current().revision; }
  const Resources& resources() {
    held_ = registry_->Current();
    return *held_.resources;
  }

  // The given sections of `resources`, as a file would have them.
  absl::StatusOr<Outcome> ApplyFile(const Resources& resources,
                                    std::vector<std::string> sections) {
    config::ResourceFile file;
    file.resources = resources;
    file.sections = std::move(sections);
    return registry_->ApplyFile(file, "/etc/weir.yaml");
  }

  FakeStore store_;
  std::unique_ptr<Registry> registry_;
  Registered held_;
};

TEST_F(RegistryTest, BeginsEmptyAtRevisionZero) {
  EXPECT_EQ(revision(), 0);
  EXPECT_EQ(resources().providers_size(), 0);
}

TEST_F(RegistryTest, AppliesAsAWholeAndKeepsItDurably) {
  absl::StatusOr<Outcome> outcome = Apply(SampleResources());
  ASSERT_THAT(outcome, IsOk());
  EXPECT_EQ(outcome->revision, 1);
  EXPECT_THAT(outcome->changes, SizeIs(4));
  EXPECT_EQ(store_.Load()->resources.providers_size(), 2);
  // As after a restart.
  absl::StatusOr<std::unique_ptr<Registry>> again = Registry::Open(store_);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ((*again)->Current().revision, 1);
  EXPECT_EQ((*again)->Current().resources->providers_size(), 2);
}

TEST_F(RegistryTest, ApplyingTheSameChangesNothing) {
  ASSERT_THAT(Apply(SampleResources()), IsOk());
  absl::StatusOr<Outcome> outcome = Apply(SampleResources());
  ASSERT_THAT(outcome, IsOk());
  EXPECT_EQ(outcome->revision, 1);
  EXPECT_THAT(outcome->changes, IsEmpty());
}

TEST_F(RegistryTest, ADryRunOnlyTells) {
  absl::StatusOr<Outcome> outcome =
      Apply(SampleResources(), {.effect = Effect::kDryRun});
  ASSERT_THAT(outcome, IsOk());
  EXPECT_THAT(outcome->changes, SizeIs(4));
  EXPECT_EQ(outcome->revision, 0);
  EXPECT_EQ(revision(), 0);
}

TEST_F(RegistryTest, ABadChangeIsRefusedAsAWhole) {
  ASSERT_THAT(Apply(SampleResources()), IsOk());
  Resources bad = SampleResources();
  bad.mutable_providers(0)->set_region("sg");                 // Good,
  bad.mutable_models(0)->mutable_targets(0)->set_weight(-1);  // and bad.
  EXPECT_THAT(Apply(bad), StatusIs(StatusCode::kInvalidArgument,
                                   HasSubstr("models[0].targets[0].weight")));
  EXPECT_EQ(revision(), 1);
  EXPECT_EQ(resources().providers(0).region(), "");
}

TEST_F(RegistryTest, WhatTheStoreCannotKeepIsNotSeen) {
  int told = 0;
  registry_->OnChange([&](const Registered&) { ++told; });
  store_.FailWith(absl::UnavailableError("disk full"));
  EXPECT_THAT(Apply(SampleResources()),
              StatusIs(StatusCode::kUnavailable, HasSubstr("disk full")));
  EXPECT_EQ(revision(), 0);
  EXPECT_EQ(told, 0);
  EXPECT_EQ(registry_->store_errors(), 1);
  store_.FailWith(absl::OkStatus());
  EXPECT_THAT(Apply(SampleResources()), IsOk());
  EXPECT_EQ(told, 1);
}

TEST_F(RegistryTest, TakesOverWhatTheStoreKeptThoughItsAnswerWasLost) {
  ASSERT_THAT(store_.Save({1, SampleResources()}), IsOk());
  EXPECT_THAT(Apply(Resources()), IsOk()) << "nothing to change";
  Resources other = SampleResources();
  other.mutable_providers(0)->set_region("moon");
  EXPECT_THAT(Apply(other), StatusIs(StatusCode::kAborted));
  EXPECT_EQ(revision(), 1);
  EXPECT_EQ(resources().providers(0).region(), "");
  EXPECT_THAT(Apply(other), IsOk());
  EXPECT_EQ(revision(), 2);
}

TEST_F(RegistryTest, RefusesAChangeOfARevisionThatIsNotCurrent) {
  ASSERT_THAT(Apply(SampleResources(), {.expected_revision = 0}), IsOk());
  EXPECT_THAT(Apply(Resources(), {.expected_revision = 0}),
              StatusIs(StatusCode::kAborted, HasSubstr("revision 1")));
  EXPECT_THAT(Apply(Resources(), {.expected_revision = 1}), IsOk());
}

TEST_F(RegistryTest, ApplyReplacesClientKeys) {
  ASSERT_THAT(Apply(SampleResources()), IsOk());
  Resources next = SampleResources();
  *next.mutable_client_keys(0) = SampleClientKey("other", 'b');
  ASSERT_THAT(Apply(next), IsOk());
  EXPECT_EQ(resources().client_keys_size(), 1);
  EXPECT_EQ(resources().client_keys(0).name(), "other");
}

TEST_F(RegistryTest, AHeldRevisionNeverChanges) {
  ASSERT_THAT(Apply(SampleResources()), IsOk());
  const Registered held = registry_->Current();
  ASSERT_THAT(RemoveModel(*registry_, "chat"), IsOk());
  EXPECT_EQ(held.resources->models_size(), 1);
  EXPECT_EQ(resources().models_size(), 0);
}

TEST_F(RegistryTest, ConcurrentWritersLoseNothingAndListenersSeeTheirOrder) {
  ASSERT_THAT(Apply(SampleResources()), IsOk());
  std::vector<std::uint64_t> seen;
  registry_->OnChange(
      [&](const Registered& now) { seen.push_back(now.revision); });
  constexpr int kWriters = 4;
  constexpr int kEach = 25;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([this, w] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name =
            "p" + std::to_string(w) + "-" + std::to_string(i);
        EXPECT_THAT(SetProvider(*registry_, SampleProvider(name)), IsOk());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(resources().providers_size(), 2 + kWriters * kEach);
  ASSERT_THAT(seen, SizeIs(kWriters * kEach));
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i + 2);
}

TEST_F(RegistryTest, AFileOwnsItsSectionsAndAdminTheOthers) {
  ASSERT_THAT(ApplyFile(SampleResources(), {"providers", "models"}), IsOk());
  // The file said nothing of client keys.
  EXPECT_EQ(resources().client_keys_size(), 0);
  EXPECT_THAT(
      SetProvider(*registry_, SampleProvider("new")),
      StatusIs(StatusCode::kFailedPrecondition, HasSubstr("/etc/weir.yaml")));
  config::v1::ClientKey key;
  key.set_name("app");
  EXPECT_THAT(CreateClientKey(*registry_, key, absl::FromUnixSeconds(1)),
              IsOk());
  // An Apply that leaves the file's sections alone is fine.
  Resources wanted = resources();
  wanted.clear_client_keys();
  EXPECT_THAT(Apply(wanted), IsOk());
}

TEST_F(RegistryTest, AFileThatStopsHavingASectionGivesItBack) {
  ASSERT_THAT(ApplyFile(SampleResources(), {"providers", "models"}), IsOk());
  ASSERT_THAT(ApplyFile(SampleResources(), {"providers"}), IsOk());
  EXPECT_EQ(resources().models_size(), 1);
  EXPECT_THAT(RemoveModel(*registry_, "chat"), IsOk());
}

TEST_F(RegistryTest, AdminChangesNothingBeforeTheFileCouldBeRead) {
  registry_->ReserveFor("/etc/weir.yaml");
  EXPECT_THAT(Apply(SampleResources()),
              StatusIs(StatusCode::kFailedPrecondition));
  ASSERT_THAT(ApplyFile(SampleResources(), {"providers"}), IsOk());
  EXPECT_THAT(SetModel(*registry_, SampleModel("m", "east")), IsOk());
}

TEST_F(RegistryTest, AFileWithoutAnySectionIsRefused) {
  EXPECT_THAT(ApplyFile(Resources(), {}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("no section")));
}

TEST_F(RegistryTest, ARefusedFileNamesItsLine) {
  config::ResourceFile file;
  *file.resources.add_models() = SampleModel("chat", "nowhere");
  file.sections = {"models"};
  file.lines.Set("models[0].targets[0].provider", 7);
  EXPECT_THAT(registry_->ApplyFile(file, "/etc/weir.yaml"),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("/etc/weir.yaml:7: models[0].targets[0]")));
}

TEST_F(RegistryTest, RefusesAStoreThatItDoesNotUnderstand) {
  FakeStore store;
  StoredResources stored;
  stored.revision = 1;
  *stored.resources.add_models() = SampleModel("chat", "nowhere");
  ASSERT_THAT(store.Save(stored), IsOk());
  EXPECT_THAT(Registry::Open(store),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("nowhere")));
}

}  // namespace
}  // namespace weir::controlplane
