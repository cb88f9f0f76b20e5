#include "common/string_map.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace weir {
namespace {

TEST(StringMapTest, IsAskedByEveryKindOfText) {
  StringMap<int> map;
  map.emplace("one", 1);
  map[std::string_view("two")] = 2;
  ++map[std::string("three")];
  for (const std::string_view name : {"one", "two", "three"}) {
    EXPECT_TRUE(map.contains(name)) << name;
    EXPECT_NE(map.find(std::string(name)), map.end()) << name;
  }
  EXPECT_EQ(map.find("two")->second, 2);
  EXPECT_EQ(map.at(std::string_view("three")), 1);
  EXPECT_EQ(map.find("four"), map.end());
}

TEST(StringMapTest, APartOfAKeyIsAnotherKey) {
  StringMap<int> map;
  const std::string text = "gpt-4.1-mini";
  map[text] = 1;
  EXPECT_FALSE(map.contains(std::string_view(text).substr(0, 7)));
  map[std::string_view(text).substr(0, 7)] = 2;
  EXPECT_EQ(map.size(), 2U);
  EXPECT_EQ(map.at("gpt-4.1"), 2);
  EXPECT_FALSE(map.contains(""));
}

TEST(StringMapTest, KeysMayHoldAnyByte) {
  StringMap<int> map;
  map[std::string("a\0b", 3)] = 1;
  EXPECT_FALSE(map.contains("a"));
  EXPECT_TRUE(map.contains(std::string_view("a\0b", 3)));
}

TEST(StringMapTest, KeysAreItsOwn) {
  StringMap<int> map;
  std::string key = "a name that is longer than any small string buffer";
  map[std::string_view(key)] = 1;
  const std::string copy = key;
  key.assign(key.size(), 'x');
  EXPECT_TRUE(map.contains(copy));
  EXPECT_FALSE(map.contains(key));
}

TEST(StringMapTest, OneHashForAllKinds) {
  const StringMapHash hash;
  const std::string text = "text";
  EXPECT_EQ(hash(text), hash(std::string_view("text")));
  EXPECT_EQ(hash(text), hash("text"));
  EXPECT_NE(hash("a"), hash("b"));
}

TEST(StringMapTest, HoldsMany) {
  StringMap<std::size_t> map;
  for (std::size_t i = 0; i < 10'000; ++i) map[std::to_string(i)] = i;
  ASSERT_EQ(map.size(), 10'000U);
  for (std::size_t i = 0; i < 10'000; ++i) {
    EXPECT_EQ(map.at(std::string_view(std::to_string(i))), i);
  }
}

}  // namespace
}  // namespace weir
