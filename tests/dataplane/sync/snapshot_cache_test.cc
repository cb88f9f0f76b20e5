#include "dataplane/sync/snapshot_cache.h"

#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/cache_writer.h"
#include "dataplane/sync/stored_lanes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;

StoredLane Lane(std::uint64_t sequence, std::string bytes) {
  return {{7, sequence, std::string(32, 'h')},
          std::make_shared<const std::string>(std::move(bytes))};
}

StoredLanes Both(std::uint64_t sequence) {
  return {Lane(sequence, std::string("config\0bytes", 12)),
          Lane(sequence + 1, "weights"), absl::FromUnixSeconds(1'700'000'000)};
}

std::uint64_t SequenceOf(const StoredLanes& lanes) {
  return lanes.config.has_value() ? lanes.config->version.sequence : 0;
}

TEST(LanesCodecTest, BothLanesSurvive) {
  const absl::StatusOr<StoredLanes> read = DecodeLanes(EncodeLanes(Both(3)));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->config->version, Both(3).config->version);
  EXPECT_EQ(*read->config->bytes, *Both(3).config->bytes);
  EXPECT_EQ(read->weights->version, Both(3).weights->version);
  EXPECT_EQ(*read->weights->bytes, "weights");
  EXPECT_EQ(read->weights_confirmed_at, absl::FromUnixSeconds(1'700'000'000));
}

TEST(LanesCodecTest, AMissingLaneStaysMissing) {
  StoredLanes lanes = Both(3);
  lanes.weights.reset();
  const absl::StatusOr<StoredLanes> read = DecodeLanes(EncodeLanes(lanes));
  ASSERT_THAT(read, IsOk());
  EXPECT_TRUE(read->config.has_value());
  EXPECT_FALSE(read->weights.has_value());
}

TEST(LanesCodecTest, AFileCutAnywhereIsRefused) {
  const std::string content = EncodeLanes(Both(3));
  for (std::size_t size = 0; size < content.size(); ++size) {
    EXPECT_THAT(DecodeLanes(std::string_view(content).substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss))
        << size;
  }
}

TEST(LanesCodecTest, AByteChangedAnywhereIsRefused) {
  const std::string content = EncodeLanes(Both(3));
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ 0x20);
    EXPECT_FALSE(DecodeLanes(changed).ok()) << i;
  }
}

TEST(LanesCodecTest, TrailingBytesAreRefused) {
  EXPECT_THAT(DecodeLanes(EncodeLanes(Both(3)) + "x"),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(LanesCodecTest, ANewerFormatIsRefusedByName) {
  std::string content = EncodeLanes(Both(3));
  content[8] = 2;  // Behind the magic: the format's lowest byte.
  EXPECT_THAT(DecodeLanes(content),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("format 2, this version reads 1")));
}

class SnapshotCacheTest : public ::testing::Test {
 protected:
  SnapshotCacheTest() { std::filesystem::create_directories(directory_); }
  ~SnapshotCacheTest() override { std::filesystem::remove_all(directory_); }

  static void Write(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string directory_ = absl::StrCat(
      ::testing::TempDir(), "/snapshot_cache_test.", getpid(), ".",
      ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::string path_ = directory_ + "/snapshot";
  const SnapshotCache cache_{path_};
};

TEST_F(SnapshotCacheTest, NoFileIsNothingAndNoComplaint) {
  const auto loaded = cache_.Load();
  EXPECT_THAT(loaded.whole, IsEmpty());
  EXPECT_THAT(loaded.notes, IsEmpty());
}

TEST_F(SnapshotCacheTest, TheLatestComesFirstThenThePrevious) {
  for (const std::uint64_t sequence : {1u, 2u, 3u}) {
    ASSERT_THAT(cache_.Save(Both(sequence)), IsOk());
  }
  const auto loaded = cache_.Load();
  ASSERT_THAT(loaded.whole, SizeIs(2));
  EXPECT_EQ(SequenceOf(loaded.whole[0]), 3u);
  EXPECT_EQ(SequenceOf(loaded.whole[1]), 2u);
}

TEST_F(SnapshotCacheTest, ATornFileFallsBackToThePrevious) {
  ASSERT_THAT(cache_.Save(Both(1)), IsOk());
  ASSERT_THAT(cache_.Save(Both(2)), IsOk());
  const std::string content = Read(path_);
  for (std::size_t size = 0; size < content.size(); ++size) {
    Write(path_, std::string_view(content).substr(0, size));
    const auto loaded = cache_.Load();
    ASSERT_THAT(loaded.whole, SizeIs(1)) << size;
    EXPECT_EQ(SequenceOf(loaded.whole[0]), 1u);
    EXPECT_THAT(loaded.notes, ElementsAre(HasSubstr(path_ + ": ")));
  }
}

TEST_F(SnapshotCacheTest, DyingBetweenTheTwoRenamesLeavesThePrevious) {
  ASSERT_THAT(cache_.Save(Both(1)), IsOk());
  std::filesystem::rename(path_, path_ + ".1");
  const auto loaded = cache_.Load();
  ASSERT_THAT(loaded.whole, SizeIs(1));
  EXPECT_EQ(SequenceOf(loaded.whole[0]), 1u);
  // And the next write works.
  ASSERT_THAT(cache_.Save(Both(2)), IsOk());
  EXPECT_EQ(SequenceOf(cache_.Load().whole.at(0)), 2u);
}

TEST_F(SnapshotCacheTest, AHalfWrittenNewFileIsIgnored) {
  ASSERT_THAT(cache_.Save(Both(1)), IsOk());
  Write(path_ + ".tmp", "half");
  EXPECT_EQ(SequenceOf(cache_.Load().whole.at(0)), 1u);
  ASSERT_THAT(cache_.Save(Both(2)), IsOk());
  EXPECT_EQ(SequenceOf(cache_.Load().whole.at(0)), 2u);
}

TEST_F(SnapshotCacheTest, IsForItsOwnersEyesOnly) {
  ASSERT_THAT(cache_.Save(Both(1)), IsOk());
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(path_).permissions(),
            perms::owner_read | perms::owner_write);
}

TEST_F(SnapshotCacheTest, AWriteThatFailsHarmsNothing) {
  ASSERT_THAT(cache_.Save(Both(1)), IsOk());
  // Nobody, not even root, writes a file where a directory is.
  std::filesystem::create_directory(path_ + ".tmp");
  EXPECT_THAT(cache_.Save(Both(2)),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(".tmp")));
  EXPECT_EQ(SequenceOf(cache_.Load().whole.at(0)), 1u);
}

TEST_F(SnapshotCacheTest, AMissingDirectoryIsNamed) {
  const SnapshotCache nowhere(directory_ + "/missing/snapshot");
  EXPECT_THAT(nowhere.Save(Both(1)),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("missing")));
}

TEST_F(SnapshotCacheTest, TheWriterSavesTheLatestBeforeItEnds) {
  {
    CacheWriter writer(cache_);
    for (std::uint64_t i = 1; i <= 100; ++i) writer.Write(Both(i));
  }
  EXPECT_EQ(SequenceOf(cache_.Load().whole.at(0)), 100u);
}

TEST_F(SnapshotCacheTest, TheWriterCountsFailures) {
  auto writer = std::make_unique<CacheWriter>(
      SnapshotCache(directory_ + "/missing/snapshot"));
  writer->Write(Both(1));
  while (writer->failures() == 0) std::this_thread::yield();
  EXPECT_EQ(writer->writes(), 0u);
}

}  // namespace
}  // namespace weir::dataplane
