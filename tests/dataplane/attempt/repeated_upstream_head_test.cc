#include "dataplane/attempt/repeated_upstream_head.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/random.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/repeated_head.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/trace_context.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

constexpr std::string_view kChat =
    "POST /v1/chat?a=b HTTP/1.1\r\nHost: weir\r\nContent-Length: 10\r\n"
    "x-mine: content-length: 10\r\n\r\n";

// One connection: the models `m` and `n` at the providers `p` and `q`.
class RepeatedUpstreamHeadTest : public ::testing::Test {
 protected:
  RepeatedUpstreamHeadTest() {
    routing_.AddModel("m", {{"p"}, {"q"}});
    routing_.AddModel("n", {{"p"}});
    Come(kChat);
  }

  void Come(std::string_view head) {
    ASSERT_EQ(heads_.Parse(std::string(head)).state,
              http1::ParseState::kComplete);
    request_.head = &heads_.head();
    request_.snapshot = &routing_.snapshot;
    path_ = heads_.head().path.substr(3);
  }

  // Writes the head of a request with such a body, and says whether it is what
  // is written by who has seen nothing before.
  void Write(std::string_view id, std::size_t body_bytes) {
    SCOPED_TRACE(id);
    request_.id = RequestId(id);
    const RoutingConfig& config = *routing_.snapshot.config;
    const TargetEntry& target = config.targets[target_];
    const ProviderEntry& provider = config.providers[target.provider];
    const OwnParts own{provider.credentials[credential_].headers, body_bytes,
                       7};
    repeated_.Write(request_, path_, provider, &target, own);
    std::string afresh;
    WriteUpstreamHead(request_, path_, provider, &target, own, afresh);
    EXPECT_EQ(repeated_.text(), afresh);
  }

  testing::SmallRouting routing_;
  http1::RepeatedHead heads_;
  Request request_;
  std::string_view path_;
  std::size_t target_ = 0;
  std::size_t credential_ = 0;
  RepeatedUpstreamHead repeated_;
};

TEST_F(RepeatedUpstreamHeadTest, LengthsAndIdentifiersAreTheRequestsOwn) {
  for (const std::size_t bytes : {12, 12, 34, 99, 100, 101, 1, 0, 5, 65536}) {
    Write("req_" + std::to_string(100 + bytes % 900), bytes);
    Write("req_of_another_size", bytes);
    Write("req_of_another_sizf", bytes);
  }
}

TEST_F(RepeatedUpstreamHeadTest, AnotherHeadIsWrittenAnew) {
  Write("req_1", 12);
  std::string other(kChat);
  other.replace(other.find("mine"), 4, "else");
  Come(other);
  Write("req_2", 12);
  Come("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n");
  Write("req_3", 0);
  Write("req_4", 7);
  Come(kChat);
  Write("req_5", 12);
  // Of no connection.
  http1::RequestHead alone;
  for (const std::string& head : {std::string(kChat), other}) {
    http1::ParseRequestHead(head, alone);
    request_.head = &alone;
    path_ = alone.path.substr(3);
    Write("req_6", 12);
  }
}

TEST_F(RepeatedUpstreamHeadTest, AnotherTargetOrCredentialIsWrittenAnew) {
  routing_.config->providers[0].credentials.push_back({"key: second\r\n", 0});
  Write("req_1", 12);
  target_ = 1;
  Write("req_2", 12);
  target_ = 2;
  Write("req_3", 12);
  target_ = 0;
  Write("req_4", 12);
  credential_ = 1;
  Write("req_5", 12);
  credential_ = 0;
  Write("req_6", 12);
}

TEST_F(RepeatedUpstreamHeadTest, AnotherConfigurationIsWrittenAnew) {
  Write("req_1", 12);
  for (const std::string host : {"one.example", "two.example", "six.example"}) {
    auto config = std::make_shared<RoutingConfig>(*routing_.snapshot.config);
    config->providers[0].host_header = host;
    // Whatever stood there before may now stand there again.
    routing_.config = nullptr;
    routing_.snapshot.config = std::move(config);
    Write("req_2", 12);
  }
}

TEST_F(RepeatedUpstreamHeadTest, EachRequestHasItsOwnPlaceInATrace) {
  const auto traced = [](std::string_view trace) {
    SystemRandom random;
    return TraceContext::Continue(
        "00-" + std::string(trace) + "-00f067aa0ba902b7-01", random);
  };
  Write("req_1", 12);
  request_.trace = traced("4bf92f3577b34da6a3ce929d0e0e4736");
  ASSERT_TRUE(request_.trace.has_value());
  Write("req_2", 12);
  request_.trace = traced("5bf92f3577b34da6a3ce929d0e0e4736");
  Write("req_3", 12);
  request_.trace = std::nullopt;
  Write("req_4", 12);
  Write("req_5", 12);
}

TEST_F(RepeatedUpstreamHeadTest, WhatIsForgottenOrForeignIsNotRepeated) {
  Write("req_1", 12);
  repeated_.Forget();
  Write("req_2", 12);
  const RoutingConfig& config = *routing_.snapshot.config;
  request_.endpoint = Endpoint::kChatCompletions;
  repeated_.WriteForeign(request_, config.providers[0], config.targets[0],
                         {"key: p\r\n", 3});
  std::string afresh;
  WriteForeignHead(request_, config.providers[0], config.targets[0],
                   {"key: p\r\n", 3}, afresh);
  EXPECT_EQ(repeated_.text(), afresh);
  Write("req_3", 12);
}

}  // namespace
}  // namespace weir::dataplane
