// A relay between a provider that says what a test wants and a client.
#ifndef WEIR_TESTS_DATAPLANE_RELAY_RELAY_FIXTURE_H_
#define WEIR_TESTS_DATAPLANE_RELAY_RELAY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/recycled_text.h"
#include "dataplane/account/account.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/io/stream.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/client_writer.h"
#include "dataplane/relay/relay.h"
#include "dataplane/request.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/fake_upstream.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane {

inline constexpr absl::Duration kStreamIdle = absl::Seconds(60);
inline constexpr std::string_view kHead = "HEAD|";

// Takes the chunked coding off what a client got.
struct Unchunked {
  explicit Unchunked(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t line = bytes.find("\r\n");
      const std::size_t size =
          std::stoul(std::string(bytes.substr(0, line)), nullptr, 16);
      ended = size == 0;
      data += bytes.substr(line + 2, size);
      chunks.emplace_back(bytes.substr(line + 2, size));
      bytes.remove_prefix(std::min(bytes.size(), line + 2 + size + 2));
    }
  }
  std::string data;
  std::vector<std::string> chunks;
  bool ended = false;
};

class RelayTest : public ::testing::Test {
 protected:
  absl::Time deadline_ = absl::InfiniteFuture();
  AnswerFormat format_ = AnswerFormat::kChat;

  // The provider's answer: `held` was read before the commit.
  void Answer(std::string held, std::deque<testing::Piece> pieces) {
    answer_.emplace(dataplane::Answer{
        .candidate = {},
        .exchange = std::make_unique<testing::FakeExchange>(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n",
            std::move(pieces), interrupt_, &reads_),
        .format = format_,
        .is_stream = true,
        .piece = {},
        .copied = RecycledText(std::move(held)),
        .in_flight = InFlight(target_)});
    MakeRelay();
  }
  // Of the answer as it is now.
  void MakeRelay() {
    relay_.emplace(request_, *answer_, writer_, loop_.wheel, interrupt_,
                   kStreamIdle, deadline_);
  }
  RelayEnd Run(AnswerFraming framing = Chunked{}) {
    return loop_.Run(relay_->Run(std::string(kHead), framing)).end;
  }
  // What has come to the client, without the head.
  std::string ClientGot() {
    std::string bytes;
    while (pair_.theirs.available() > 0) {
      std::string more(pair_.theirs.available(), '\0');
      more.resize(pair_.theirs.read_some(boost::asio::buffer(more)));
      bytes += more;
    }
    EXPECT_THAT(bytes, ::testing::StartsWith(std::string(kHead)));
    return bytes.substr(kHead.size());
  }

  testing::TestLoop loop_;
  testing::SocketPair pair_{loop_.context};
  const std::shared_ptr<io::Stream> stream_ =
      std::make_shared<io::Stream>(std::move(pair_.ours));
  Account account_;
  Interrupt interrupt_{loop_.wheel};
  ClientWriter writer_{*stream_, loop_.wheel, account_, interrupt_,
                       absl::Seconds(60)};
  TargetLive target_;
  ProviderLive provider_;
  Request request_;
  int reads_ = 0;
  std::optional<dataplane::Answer> answer_;
  std::optional<Relay> relay_;
};

}  // namespace weir::dataplane

#endif  // WEIR_TESTS_DATAPLANE_RELAY_RELAY_FIXTURE_H_
