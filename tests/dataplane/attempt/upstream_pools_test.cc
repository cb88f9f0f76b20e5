// Which connections an upstream takes for whom.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/http_upstream.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"
#include "tests/dataplane/peers/test_loop.h"
#include "tests/testing/fake_random.h"
#include "tests/testing/no_descriptors.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using testing::AnswerEach;
using testing::FakeProvider;
using testing::HttpAnswer;

class UpstreamPoolsTest : public ::testing::Test {
 protected:
  static ProviderEntry EntryFor(FakeProvider& provider,
                                const std::string& name = "p") {
    testing::SnapshotByHand hand;
    hand.AddProvider(name, provider.port());
    return hand.config().providers[0];
  }

  io::Task<std::string> SendOnce(const ProviderEntry& entry) {
    constexpr std::string_view kBytes =
        "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n";
    const std::array<asio::const_buffer, 1> buffers = {
        asio::buffer(kBytes.data(), kBytes.size())};
    const UpstreamRequest request{http1::Method::kPost, Replay::kAllowed,
                                  buffers};
    SendResult sent =
        co_await upstream_.Send(entry, request, interrupt_, counters_);
    if (const auto* failure = std::get_if<Failure>(&sent)) {
      co_return failure->reason;
    }
    auto& exchange = *std::get<std::unique_ptr<Exchange>>(sent);
    const auto piece = co_await exchange.ReadBody();
    co_return piece.ok() ? std::string(piece->data) : "broken";
  }
  std::string Ask(const ProviderEntry& entry) {
    return loop_.Run(SendOnce(entry));
  }
  // Of a request that has no answer.
  io::Task<Failure> FailOnce(const ProviderEntry& entry) {
    const UpstreamRequest request{http1::Method::kPost, Replay::kAllowed, {}};
    SendResult sent =
        co_await upstream_.Send(entry, request, interrupt_, counters_);
    co_return std::get<Failure>(std::move(sent));
  }

  testing::TestLoop loop_;
  testing::FakeRandom random_;
  Interrupt interrupt_{loop_.wheel};
  TargetCounters counters_;
  FakeProvider here_{loop_.context, AnswerEach(HttpAnswer(200, "here"))};
  FakeProvider there_{loop_.context, AnswerEach(HttpAnswer(200, "there"))};
  HttpUpstream upstream_{loop_.context, loop_.wheel, random_};
};

// A request under way has the old configuration.
TEST_F(UpstreamPoolsTest,
       AProviderThatMovedIsAskedWhereEachConfigurationHasIt) {
  const ProviderEntry before = EntryFor(here_);
  const ProviderEntry after = EntryFor(there_);
  EXPECT_EQ(Ask(before), "here");
  EXPECT_EQ(Ask(after), "there");
  EXPECT_EQ(Ask(before), "here");
  EXPECT_EQ(Ask(before), "here");
  EXPECT_EQ(Ask(after), "there");
}

// What stands at an address may be another entry than before.
TEST_F(UpstreamPoolsTest, AnEntryThatWasChangedIsAnotherOne) {
  ProviderEntry entry = EntryFor(here_);
  EXPECT_EQ(Ask(entry), "here");
  entry = EntryFor(there_);
  EXPECT_EQ(Ask(entry), "there");
}

TEST_F(UpstreamPoolsTest, ANewConfigurationKeepsTheConnections) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Ask(EntryFor(here_)), "here");
  EXPECT_EQ(here_.accepted(), 1);
}

TEST_F(UpstreamPoolsTest, ProvidersHaveConnectionsOfTheirOwn) {
  const ProviderEntry one = EntryFor(here_, "one");
  const ProviderEntry other = EntryFor(here_, "other");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Ask(one), "here");
    EXPECT_EQ(Ask(other), "here");
  }
  EXPECT_EQ(here_.accepted(), 2);
}

TEST_F(UpstreamPoolsTest, AShortageOfDescriptorsIsNoProvidersFault) {
  // The loop opens files of its own when it is first used.
  EXPECT_EQ(Ask(EntryFor(there_, "other")), "there");
  const ProviderEntry entry = EntryFor(here_);
  {
    const testing::NoDescriptors none;
    const Failure failure = loop_.Run(FailOnce(entry));
    EXPECT_EQ(failure.blame, Blame::kNobody);
    EXPECT_TRUE(failure.short_of_files);
    EXPECT_EQ(failure.stage, Stage::kConnect);
  }
  EXPECT_EQ(Ask(entry), "here");
}

}  // namespace
}  // namespace weir::dataplane
