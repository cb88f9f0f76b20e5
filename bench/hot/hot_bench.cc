// The pure pieces of the request path, one by one.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/random.h"
#include "dataplane/authenticate/client_auth.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/repeated_head.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/plan/usable_targets.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/sse.h"
#include "dataplane/relay/usage_scan.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/understand/body_scan.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"

namespace weir::dataplane {
namespace {

// What simdjson may read behind a body.
constexpr std::size_t kPadding = 64;

std::string ChatHead(std::size_t length) {
  return absl::StrCat(
      "POST /v1/chat/completions HTTP/1.1\r\n"
      "host: gateway.example:8080\r\n"
      "authorization: Bearer ",
      std::string(testing::kClientKey),
      "\r\ncontent-type: application/json\r\naccept: application/json\r\n"
      "user-agent: OpenAI/JS 4.0\r\ncontent-length: ",
      length, "\r\n\r\n");
}

void ParseHead(benchmark::State& state) {
  const std::string bytes = ChatHead(250);
  http1::RequestHead head;
  for (auto _ : state) {
    benchmark::DoNotOptimize(http1::ParseRequestHead(bytes, head));
  }
}
BENCHMARK(ParseHead);

void ParseRepeatedHead(benchmark::State& state) {
  const std::string heads[] = {ChatHead(250), ChatHead(251)};
  http1::RepeatedHead head;
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(head.Parse(heads[next ^= 1]));
  }
}
BENCHMARK(ParseRepeatedHead);

// A chat whose messages have so many bytes together.
void ScanBody(benchmark::State& state) {
  std::string body = R"({"model":"gpt-4.1","messages":[)";
  const std::string message =
      R"({"role":"user","content":"What is the \"best\" weir of all?\nSay why."},)";
  while (body.size() < static_cast<std::size_t>(state.range(0))) {
    body += message;
  }
  body.back() = ']';
  body += R"(,"stream":true,"max_tokens":64})";
  const std::size_t size = body.size();
  body.resize(size + kPadding);
  const std::string_view text = std::string_view(body).substr(0, size);
  BodyScanner scanner;
  for (auto _ : state) {
    benchmark::DoNotOptimize(scanner.Scan(text));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}
BENCHMARK(ScanBody)->Arg(250)->Arg(16 << 10)->Arg(1 << 20);

// Among so many keys.
class Keys {
 public:
  explicit Keys(std::int64_t count) {
    hand_.AddModel("m", {hand_.AddProvider("p", 1)});
    for (std::int64_t i = 1; i < count; ++i) {
      hand_.AddKey(absl::StrCat("key-", i), {0});
    }
    config_ = hand_.Build().config;
    http1::ParseRequestHead(bytes_, head_);
  }
  const std::shared_ptr<const RoutingConfig>& config() const { return config_; }
  const http1::RequestHead& head() const { return head_; }

 private:
  testing::SnapshotByHand hand_;
  std::shared_ptr<const RoutingConfig> config_;
  const std::string bytes_ = ChatHead(250);
  http1::RequestHead head_;
};

void LookUpKey(benchmark::State& state) {
  const Keys keys(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Authenticate(keys.head(), *keys.config(), absl::UnixEpoch()));
  }
}
BENCHMARK(LookUpKey)->Arg(1)->Arg(100'000);

void LookUpRememberedKey(benchmark::State& state) {
  const Keys keys(state.range(0));
  RememberedClient client;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        client.Authenticate(keys.head(), keys.config(), absl::UnixEpoch()));
  }
}
BENCHMARK(LookUpRememberedKey)->Arg(1)->Arg(100'000);

// Picks the first of so many targets, and the order of the others, of one of so
// many models.
void PlanRequest(benchmark::State& state) {
  testing::SnapshotByHand hand;
  std::vector<ProviderIndex> providers;
  for (std::int64_t i = 0; i < state.range(1); ++i) {
    providers.push_back(
        hand.AddProvider(absl::StrCat("p", i), static_cast<std::uint16_t>(i)));
  }
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    hand.AddModel(absl::StrCat("m", i), providers);
  }
  for (TargetShare& target : hand.weights().share) target.weight = 1;
  const Snapshot snapshot = hand.Build();
  LiveState live;
  const std::shared_ptr<const LiveState::View> view =
      live.Align(*snapshot.config);
  SystemRandom random;
  Request request;
  request.snapshot = &snapshot;
  request.client = &snapshot.config->clients[0];
  std::uint32_t model = 0;
  for (auto _ : state) {
    model = (model + 7) % static_cast<std::uint32_t>(state.range(0));
    request.model = model;
    benchmark::DoNotOptimize(
        MakePlan(request, *view, absl::UnixEpoch(), random.Uniform()));
  }
}
BENCHMARK(PlanRequest)->Args({1, 3})->Args({1, 10})->Args({1'000, 10});

// So many targets that may be asked, all alike.
UsableTargets TargetsThatMayBeAsked(std::int64_t count) {
  UsableTargets usable;
  for (; usable.total_weight < static_cast<double>(count); ++usable.size) {
    const auto i = static_cast<std::uint32_t>(usable.size);
    usable.items[i] = {.target = i,
                       .weight = 1,
                       .local_factor = 1,
                       .rank = (i * 7) % 10,
                       .probe = false,
                       .affinity = 0};
    usable.total_weight += 1;
  }
  return usable;
}

void PickTarget(benchmark::State& state) {
  const UsableTargets usable = TargetsThatMayBeAsked(state.range(0));
  SystemRandom random;
  for (auto _ : state) {
    benchmark::DoNotOptimize(PickFirst(usable, random.Uniform()));
  }
}
BENCHMARK(PickTarget)->Arg(3)->Arg(10);

void OrderTargets(benchmark::State& state) {
  const UsableTargets usable = TargetsThatMayBeAsked(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(OrderOf(usable, 1));
}
BENCHMARK(OrderTargets)->Arg(3)->Arg(10);

constexpr std::string_view kAnswer =
    R"({"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4.1",)"
    R"("choices":[{"index":0,"message":{"role":"assistant","content":)"
    R"("A weir is a low dam across a river."},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":12,"completion_tokens":9,"total_tokens":21,)"
    R"("prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},)"
    R"("completion_tokens_details":{"reasoning_tokens":0}}})";

void ReadUsageOfAnswer(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(ReadUsage(AnswerFormat::kChat, kAnswer, kAnswer));
  }
}
BENCHMARK(ReadUsageOfAnswer);

void ScanStream(benchmark::State& state) {
  constexpr std::string_view kChunk =
      R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk",)"
      R"("model":"gpt-4.1","choices":[{"index":0,"delta":{"content":" weir"},)"
      R"("finish_reason":null}]})"
      "\n\n";
  SseScan scan(Terminator::kDone);
  for (auto _ : state) {
    benchmark::DoNotOptimize(scan.Feed(kChunk));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(kChunk.size()));
}
BENCHMARK(ScanStream);

}  // namespace
}  // namespace weir::dataplane
