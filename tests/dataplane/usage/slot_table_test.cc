#include "dataplane/usage/slot_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/usage_entry.h"
#include "dataplane/usage/usage_slot.h"
#include "tests/dataplane/usage/temporary_directory.h"

namespace weir::dataplane {
namespace {

constexpr std::uint64_t kSlotBoot = 42;
constexpr SlotNames kNames{1, 2, 3, 4};

std::unique_ptr<SlotTable> TableOf(std::uint32_t count) {
  auto mapping = Mapping::Anonymous(SlotTable::BytesFor(count));
  EXPECT_TRUE(mapping.ok());
  return SlotTable::Format(*std::move(mapping), kSlotBoot, count);
}

SlotState StateAt(SlotTable& table, std::size_t index) {
  return StateOf(LoadState(table.all()[index]));
}

TEST(SlotTableTest, AnAttemptIsOpenUntilItIsSettled) {
  const auto table = TableOf(2);
  EXPECT_TRUE(table->used().empty());
  UsageEntry entry(*table, kNames, 1'000'000, 25);
  entry.OnOutput(7);
  ASSERT_EQ(table->used().size(), 1U);
  const UsageSlot& slot = table->all()[0];
  EXPECT_EQ(StateAt(*table, 0), SlotState::kOpen);
  EXPECT_EQ(slot.names, kNames);
  EXPECT_EQ(slot.input_estimate, 25U);
  EXPECT_EQ(slot.output_so_far, 7U);
  EXPECT_EQ(table->ended(), 0U);
  SlotEnd end{};
  end.tokens[kOutput] = 3;
  end.source = UsageSource::kReported;
  entry.Settle(end);
  EXPECT_EQ(StateAt(*table, 0), SlotState::kEnded);
  EXPECT_EQ(slot.end.tokens[kOutput], 3U);
  EXPECT_EQ(table->ended(), 1U);
}

TEST(SlotTableTest, OneThatIsDroppedIsSettledByWhatIsKnown) {
  const auto table = TableOf(2);
  {
    UsageEntry entry(*table, kNames, 1'000'000, 25);
    entry.OnOutput(7);
    const UsageEntry moved(std::move(entry));
  }
  EXPECT_EQ(table->ended(), 1U);
  const SlotEnd& end = table->all()[0].end;
  EXPECT_EQ(StateAt(*table, 0), SlotState::kEnded);
  EXPECT_EQ(end.source, UsageSource::kInterrupted);
  EXPECT_EQ(end.unix_us, 1'000'000);
  EXPECT_EQ(end.tokens[kFreshInput], 25U);
  EXPECT_EQ(end.tokens[kOutput], 7U);
}

TEST(SlotTableTest, AFullTableRefusesAndCounts) {
  const auto table = TableOf(1);
  const UsageEntry first(*table, kNames, 0, 0);
  UsageEntry second(*table, kNames, 0, 0);
  second.OnOutput(1);
  second.Settle({});
  EXPECT_EQ(table->refused(), 1U);
  EXPECT_EQ(table->ended(), 0U);
}

TEST(SlotTableTest, FreedSlotsAreTakenAgainFromTheFirstOn) {
  const auto table = TableOf(3);
  UsageSlot* const first = table->Take();
  StoreState(*first, SlotState::kOpen);
  UsageSlot* const second = table->Take();
  StoreState(*second, SlotState::kOpen);
  StoreState(*second, SlotState::kFree);
  // Nobody said so yet.
  UsageSlot* const third = table->Take();
  EXPECT_EQ(third, &table->all()[2]);
  StoreState(*third, SlotState::kOpen);
  table->NoteFrees();
  EXPECT_EQ(table->Take(), second);
}

class AdoptedSlotTableTest : public ::testing::Test {
 protected:
  // The file of a table with two slots, one of them open.
  AdoptedSlotTableTest() {
    auto mapping = Mapping::Create(path_, SlotTable::BytesFor(2));
    EXPECT_TRUE(mapping.ok()) << mapping.status();
    const auto table = SlotTable::Format(*std::move(mapping), kSlotBoot, 2);
    UsageSlot* const slot = table->Take();
    slot->names = kNames;
    StoreState(*slot, SlotState::kOpen);
  }
  absl::StatusOr<std::unique_ptr<SlotTable>> Adopt(std::uint64_t boot_id) {
    auto mapping = Mapping::Open(path_, 1);
    if (!mapping.ok()) return mapping.status();
    return SlotTable::Adopt(*std::move(mapping), boot_id);
  }
  void Overwrite(std::size_t at, std::uint32_t value) {
    auto mapping = Mapping::Open(path_, 1);
    ASSERT_TRUE(mapping.ok());
    std::memcpy(mapping->data() + at, &value, sizeof(value));
  }

  testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/slots-0";
};

TEST_F(AdoptedSlotTableTest, HasWhatTheOtherProcessWrote) {
  const auto table = Adopt(kSlotBoot);
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_EQ((*table)->all().size(), 2U);
  EXPECT_EQ(StateAt(**table, 0), SlotState::kOpen);
  EXPECT_EQ((*table)->all()[0].names, kNames);
  EXPECT_EQ(StateAt(**table, 1), SlotState::kFree);
}

TEST_F(AdoptedSlotTableTest, OfAnotherProcessIsRefused) {
  EXPECT_EQ(Adopt(kSlotBoot + 1).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(AdoptedSlotTableTest, OfAnotherLayoutIsRefused) {
  // Behind the magic.
  Overwrite(8, 99);
  EXPECT_EQ(Adopt(kSlotBoot).status().message(), "written by another version");
}

TEST_F(AdoptedSlotTableTest, GarbageIsRefused) {
  Overwrite(0, 0);
  EXPECT_EQ(Adopt(kSlotBoot).status().message(), "not a file of slots");
}

TEST_F(AdoptedSlotTableTest, MoreSlotsThanTheFileHasAreRefused) {
  // The count is the last of the header's 32 bytes.
  Overwrite(24, 3);
  EXPECT_EQ(Adopt(kSlotBoot).status().message(), "cut short");
}

TEST(MappingTest, WhatIsNotThereOrTooShortIsRefused) {
  const testing::TemporaryDirectory directory;
  EXPECT_FALSE(Mapping::Open(directory.path() + "/none", 1).ok());
  const std::string path = directory.path() + "/file";
  ASSERT_TRUE(Mapping::Create(path, 4096).ok());
  EXPECT_FALSE(Mapping::Create(path, 4096).ok());
  EXPECT_EQ(Mapping::Open(path, 4097).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Mapping::Open(path, 4096).ok());
}

}  // namespace
}  // namespace weir::dataplane
