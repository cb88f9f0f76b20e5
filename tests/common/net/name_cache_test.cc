// Promise: a name is not asked for again within seconds, and its last good
// answer serves for an hour.
#include "common/net/name_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <chrono>

namespace weir::net {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::IsNull;
using ::testing::Pointee;
using ::testing::SizeIs;

const NameCache::Time kBegin{};
const NameCache::Addresses kOne = {boost::asio::ip::make_address("192.0.2.1")};
const NameCache::Addresses kOther = {
    boost::asio::ip::make_address("192.0.2.2")};

TEST(NameCacheTest, KnowsNothingAtFirst) {
  const NameCache cache;
  EXPECT_THAT(cache.Fresh("a.test", kBegin), IsNull());
  EXPECT_THAT(cache.LastGood("a.test", kBegin), IsNull());
}

TEST(NameCacheTest, IsFreshForSecondsAndGoodForAnHour) {
  struct Case {
    seconds age;
    bool fresh;
    bool good;
  };
  NameCache cache;
  cache.Store("a.test", kOne, kBegin);
  for (const Case& one : {Case{seconds(0), true, true},
                          Case{NameCache::kFresh - seconds(1), true, true},
                          Case{NameCache::kFresh, false, true},
                          Case{hours(1) - seconds(1), false, true},
                          Case{hours(1), false, false}}) {
    const auto now = kBegin + one.age;
    EXPECT_EQ(cache.Fresh("a.test", now) != nullptr, one.fresh)
        << one.age.count();
    EXPECT_EQ(cache.LastGood("a.test", now) != nullptr, one.good)
        << one.age.count();
  }
}

TEST(NameCacheTest, GivesTheLatestAnswerOfEachName) {
  NameCache cache;
  cache.Store("a.test", kOne, kBegin);
  cache.Store("b.test", kOther, kBegin);
  EXPECT_THAT(cache.Fresh("a.test", kBegin), Pointee(kOne));
  cache.Store("a.test", kOther, kBegin + seconds(1));
  EXPECT_THAT(cache.Fresh("a.test", kBegin + seconds(1)), Pointee(kOther));
}

TEST(NameCacheTest, KeepsNoMoreAddressesThanAnybodyTries) {
  NameCache cache;
  cache.Store("a.test", NameCache::Addresses(1000, kOne.front()), kBegin);
  EXPECT_THAT(cache.Fresh("a.test", kBegin),
              Pointee(SizeIs(NameCache::kMaxAddresses)));
}

}  // namespace
}  // namespace weir::net
