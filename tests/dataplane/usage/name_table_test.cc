#include "dataplane/usage/name_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "tests/dataplane/usage/temporary_directory.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t kTableBoot = 42;

class NameTableTest : public ::testing::Test {
 protected:
  testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/names";
};

TEST_F(NameTableTest, ANameHasOneNumber) {
  NameTable table;
  EXPECT_EQ(table.NumberOf(""), 0U);
  EXPECT_EQ(table.NumberOf("a"), 1U);
  EXPECT_EQ(table.NumberOf("b"), 2U);
  EXPECT_EQ(table.NumberOf("a"), 1U);
  EXPECT_EQ(table.NameOf(2), "b");
  EXPECT_EQ(table.NameOf(0), "");
  EXPECT_EQ(table.NameOf(3), "unknown");
}

TEST_F(NameTableTest, NamesOutliveTheProcess) {
  NameTable table(path_, kTableBoot);
  table.NumberOf("first");
  table.NumberOf("second");
  ASSERT_TRUE(table.status().ok()) << table.status();
  const auto read = NameTable::Read(path_, kTableBoot);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, ElementsAre("", "first", "second"));
}

TEST_F(NameTableTest, ACutNameIsLeftOut) {
  {
    NameTable table(path_, kTableBoot);
    table.NumberOf("first");
    table.NumberOf("second");
  }
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 1);
  const auto read = NameTable::Read(path_, kTableBoot);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, ElementsAre("", "first"));
}

TEST_F(NameTableTest, ADamagedNameIsUnknown) {
  {
    NameTable table(path_, kTableBoot);
    table.NumberOf("first");
    table.NumberOf("second");
  }
  // Magic, id and length, 8 + 8 + 4 bytes, are before it.
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(20);
  file << '\xff';
  file.close();
  const auto read = NameTable::Read(path_, kTableBoot);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, ElementsAre("", "unknown", "second"));
}

TEST_F(NameTableTest, ForeignFilesAreRefused) {
  { const NameTable table(path_, kTableBoot); }
  EXPECT_FALSE(NameTable::Read(path_, kTableBoot + 1).ok());
  EXPECT_FALSE(NameTable::Read(directory_.path() + "/none", kTableBoot).ok());
  std::ofstream(path_) << "something else entirely";
  EXPECT_EQ(NameTable::Read(path_, kTableBoot).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(NameTableTest, WhatCantBeWrittenHasItsNumber) {
  NameTable table(directory_.path() + "/no/such/place", kTableBoot);
  EXPECT_FALSE(table.status().ok());
  EXPECT_EQ(table.NumberOf("a"), 1U);
  EXPECT_EQ(table.NameOf(1), "a");
}

}  // namespace
}  // namespace weir::dataplane
