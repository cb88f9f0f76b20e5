#include "dataplane/spool/batch_file.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/dataplane/usage/temporary_directory.h"

namespace weir::dataplane {
namespace {

const StoredBatch kBatch{{7, 3, "the bytes"}, 9};

TEST(BatchFileTest, ComesBackAsItWas) {
  const auto decoded = DecodeBatch(EncodeBatch(kBatch));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, kBatch);
}

TEST(BatchFileTest, NoByteMayBeMissingOrAnother) {
  const std::string whole = EncodeBatch(kBatch);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(DecodeBatch(whole.substr(0, size)).ok()) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string other = whole;
    other[at] = static_cast<char>(other[at] ^ 1);
    EXPECT_FALSE(DecodeBatch(other).ok()) << at;
  }
  EXPECT_FALSE(DecodeBatch(whole + "x").ok());
}

TEST(BatchFileTest, NamesSortAsNumbersDo) {
  EXPECT_LT(BatchFileName(9), BatchFileName(10));
  EXPECT_LT(BatchFileName(10), BatchFileName(18'000'000'000'000'000'000U));
}

TEST(BatchFileTest, AFileIsReplacedAsAWhole) {
  const testing::TemporaryDirectory directory;
  const std::string path = directory.path() + "/file";
  ASSERT_TRUE(ReplaceFile(path, "first").ok());
  ASSERT_TRUE(ReplaceFile(path, "second").ok());
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "second");
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  EXPECT_FALSE(ReplaceFile(directory.path() + "/no/such", "x").ok());
}

}  // namespace
}  // namespace weir::dataplane
