// Promise: names lead to addresses; neither a silent name server nor a failing
// one harms what was known, or another name.
#include "common/net/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/net/name_cache.h"
#include "common/net/timeout.h"
#include "tests/common/net/run_coroutine.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using boost::asio::ip::make_address;
using boost::asio::ip::tcp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using testing::RunCoroutine;
using testing::StatusIs;

constexpr absl::Duration kResolverPlenty = absl::Seconds(30);

// A name server by hand. Thread-safe: each look-up has a thread of its own.
class Names {
 public:
  // What `host` leads to from now on, or why it can't be found.
  void Set(const std::string& host,
           absl::StatusOr<NameCache::Addresses> answer) {
    const MutexLock lock(&mutex_);
    answers_.insert_or_assign(host, std::move(answer));
  }
  // `host` is not answered until `end` is.
  void Hold(const std::string& host, std::shared_future<void> end) {
    const MutexLock lock(&mutex_);
    held_.insert_or_assign(host, std::move(end));
  }
  int questions() {
    const MutexLock lock(&mutex_);
    return questions_;
  }

  Resolver::LookUp LookUp() {
    return [this](const std::string& host) { return Answer(host); };
  }

 private:
  absl::StatusOr<NameCache::Addresses> Answer(const std::string& host) {
    std::shared_future<void> hold;
    {
      const MutexLock lock(&mutex_);
      ++questions_;
      if (held_.contains(host)) hold = held_.at(host);
    }
    if (hold.valid()) hold.wait();
    const MutexLock lock(&mutex_);
    const auto found = answers_.find(host);
    if (found == answers_.end()) return absl::UnavailableError("no such name");
    return found->second;
  }

  Mutex mutex_;
  std::map<std::string, absl::StatusOr<NameCache::Addresses>> answers_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::shared_future<void>> held_ ABSL_GUARDED_BY(mutex_);
  int questions_ ABSL_GUARDED_BY(mutex_) = 0;
};

class ResolverTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<tcp::endpoint>> Resolve(
      const std::string& host, absl::Duration limit = kResolverPlenty) {
    return RunCoroutine(loop_,
                        WithTimeout(resolver_.Resolve(host, 443), limit));
  }

  void Pass(std::chrono::seconds time) { now_ += time; }

  Names names_;
  NameCache::Time now_{};
  boost::asio::io_context loop_;
  Resolver& resolver_ = boost::asio::make_service<Resolver>(
      loop_, names_.LookUp(), [this] { return now_; });
};

const tcp::endpoint kOneEndpoint(make_address("192.0.2.1"), 443);

TEST_F(ResolverTest, LiteralAddressesAreNotAskedFor) {
  EXPECT_THAT(Resolve("192.0.2.1"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
  EXPECT_EQ(names_.questions(), 0);
}

TEST_F(ResolverTest, ANameIsAskedForOnceInAWhile) {
  names_.Set("a.test", {{kOneEndpoint.address()}});
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
  EXPECT_EQ(names_.questions(), 1);
}

TEST_F(ResolverTest, AFailureIsToldAndNotKept) {
  EXPECT_THAT(Resolve("a.test"), StatusIs(absl::StatusCode::kUnavailable,
                                          HasSubstr("no such name")));
  names_.Set("a.test", {{kOneEndpoint.address()}});
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
}

TEST_F(ResolverTest, ASilentNameHoldsUpNoOther) {
  std::promise<void> end;
  names_.Hold("silent.test", end.get_future().share());
  names_.Set("a.test", {{kOneEndpoint.address()}});
  EXPECT_THAT(Resolve("silent.test", absl::Milliseconds(5)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("")));
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
  end.set_value();
}

TEST_F(ResolverTest, OneLookUpAnswersAllWhoWait) {
  std::promise<void> end;
  names_.Hold("a.test", end.get_future().share());
  names_.Set("a.test", {{kOneEndpoint.address()}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Resolve("a.test", absl::Milliseconds(5)),
                StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("")));
  }
  end.set_value();
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
  EXPECT_EQ(names_.questions(), 1);
}

TEST_F(ResolverTest, AnAnswerThatIsOldIsAskedForAgain) {
  names_.Set("a.test", {{kOneEndpoint.address()}});
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
  const tcp::endpoint other(make_address("192.0.2.2"), 443);
  names_.Set("a.test", {{other.address()}});
  Pass(NameCache::kFresh);
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(other)));
}

TEST_F(ResolverTest, WhatWasGoodServesWhileTheNameFails) {
  names_.Set("a.test", {{kOneEndpoint.address()}});
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
  names_.Set("a.test", absl::UnavailableError("no such name"));
  Pass(std::chrono::hours(1) - std::chrono::seconds(1));
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
  Pass(std::chrono::seconds(1));
  EXPECT_THAT(Resolve("a.test"), StatusIs(absl::StatusCode::kUnavailable,
                                          HasSubstr("no such name")));
}

TEST_F(ResolverTest, WhatWasGoodServesWhileTheNameIsSilent) {
  names_.Set("a.test", {{kOneEndpoint.address()}});
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
  std::promise<void> end;
  names_.Hold("a.test", end.get_future().share());
  Pass(NameCache::kFresh);
  EXPECT_THAT(Resolve("a.test"), IsOkAndHolds(ElementsAre(kOneEndpoint)));
  end.set_value();
}

TEST(ResolverOfTheSystemTest, KnowsLocalhost) {
  boost::asio::io_context loop;
  auto& resolver = boost::asio::use_service<Resolver>(loop);
  const auto found = RunCoroutine(loop, resolver.Resolve("localhost", 80));
  ASSERT_TRUE(found.ok()) << found.status();
  for (const tcp::endpoint& endpoint : *found) {
    EXPECT_TRUE(endpoint.address().is_loopback()) << endpoint;
    EXPECT_EQ(endpoint.port(), 80);
  }
}

}  // namespace
}  // namespace weir::net
