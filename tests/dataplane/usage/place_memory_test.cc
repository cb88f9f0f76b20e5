#include "dataplane/usage/place_memory.h"

#include <vector>

#include "dataplane/snapshot.h"
#include "dataplane/understand/endpoint.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

const Version kOne{.epoch = 1, .sequence = 1, .hash = {}};
const Version kNext{.epoch = 1, .sequence = 2, .hash = {}};

TEST(PlaceMemoryTest, EachPlaceHasItsOwn) {
  // Several of one target, in turns.
  const std::vector<Place> places = {
      {0, 0, Endpoint::kChatCompletions}, {0, 0, Endpoint::kMessages},
      {1, 0, Endpoint::kChatCompletions}, {0, 7, Endpoint::kChatCompletions},
      {0, 3, Endpoint::kChatCompletions}, {1, 3, Endpoint::kChatCompletions}};
  std::vector<int> values(places.size());
  PlaceMemory<int> memory;
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(memory.At(kOne, places[i]), nullptr) << i;
    memory.At(kOne, places[i]) = &values[i];
  }
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      EXPECT_EQ(memory.At(kOne, places[i]), &values[i]) << i;
      EXPECT_EQ(memory.At(kOne, places[i]), &values[i]) << i;
    }
  }
}

TEST(PlaceMemoryTest, AnotherConfigurationHasOtherPlaces) {
  int value = 0;
  PlaceMemory<int> memory;
  memory.At(kOne, {0, 0, Endpoint::kMessages}) = &value;
  EXPECT_EQ(memory.At(kNext, {0, 0, Endpoint::kMessages}), nullptr);
  EXPECT_EQ(memory.At(kOne, {0, 0, Endpoint::kMessages}), nullptr);
}

}  // namespace
}  // namespace weir::dataplane
