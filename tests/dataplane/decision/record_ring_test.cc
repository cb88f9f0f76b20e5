#include "dataplane/decision/record_ring.h"

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void Push(RecordRing& ring, const std::string& record) {
  char* const place = ring.Push(record.size(), record.size());
  if (place != nullptr) record.copy(place, record.size());
}

std::vector<std::string> NewestFirst(const RecordRing& ring) {
  std::vector<std::string> records;
  for (std::size_t age = 0; age < ring.size(); ++age) {
    records.emplace_back(ring.At(age));
  }
  return records;
}

TEST(RecordRingTest, BeginsEmpty) {
  EXPECT_THAT(NewestFirst(RecordRing(10, 10)), IsEmpty());
}

TEST(RecordRingTest, TheOldestMakeRoomForBytes) {
  RecordRing ring(10, 100);
  for (const char* record : {"aaaa", "bbb", "ccc"}) Push(ring, record);
  EXPECT_THAT(NewestFirst(ring), ElementsAre("ccc", "bbb", "aaaa"));
  Push(ring, "dd");  // Where aaaa stood.
  EXPECT_THAT(NewestFirst(ring), ElementsAre("dd", "ccc", "bbb"));
  Push(ring, "eee");  // What is left of aaaa's room is too small: and bbb's.
  EXPECT_THAT(NewestFirst(ring), ElementsAre("eee", "dd", "ccc"));
}

TEST(RecordRingTest, ARecordThatDoesNotFitBeforeTheEndGoesToTheBeginning) {
  RecordRing ring(10, 100);
  for (const char* record : {"aaaa", "bbbb", "ccc"}) Push(ring, record);
  EXPECT_THAT(NewestFirst(ring), ElementsAre("ccc", "bbbb"));
}

TEST(RecordRingTest, TheOldestMakesRoomForTheNumber) {
  RecordRing ring(100, 2);
  for (const char* record : {"a", "bb", "ccc"}) Push(ring, record);
  EXPECT_THAT(NewestFirst(ring), ElementsAre("ccc", "bb"));
  EXPECT_EQ(ring.Tag(0), 3U);
  EXPECT_EQ(ring.Tag(1), 2U);
}

TEST(RecordRingTest, WhatIsLargerThanTheRingIsNotKept) {
  RecordRing ring(4, 4);
  Push(ring, "aaaa");
  EXPECT_EQ(ring.Push(5, 5), nullptr);
  EXPECT_THAT(NewestFirst(ring), ElementsAre("aaaa"));
}

// Against a queue that knows all it was given: what the ring has is its end.
TEST(RecordRingTest, HoldsTheLatestWhateverTheirSizes) {
  for (const std::size_t capacity : {64U, 65U, 100U, 1000U}) {
    RecordRing ring(capacity, 16);
    std::deque<std::string> given;
    for (std::size_t i = 0; i < 500; ++i) {
      const std::size_t size = 1 + i * 7919 % 40;
      given.push_front(std::to_string(i) + std::string(size, 'x'));
      Push(ring, given.front());
      const std::vector<std::string> kept = NewestFirst(ring);
      ASSERT_GE(kept.size(), 1U);
      const std::vector<std::string> latest(
          given.begin(),
          given.begin() + static_cast<std::ptrdiff_t>(kept.size()));
      ASSERT_EQ(kept, latest) << "capacity " << capacity << ", record " << i;
    }
  }
}

}  // namespace
}  // namespace weir::dataplane
