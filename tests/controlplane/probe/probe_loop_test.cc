#include "controlplane/probe/probe_loop.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/effective.h"
#include "common/ids.h"
#include "common/mutex.h"
#include "common/random.h"
#include "controlplane/health/evidence.h"
#include "controlplane/health/target_state.h"
#include "controlplane/probe/probe_target.h"
#include "controlplane/probe/prober.h"
#include "controlplane/provider/provider_board.h"
#include "controlplane/scoreboard.h"
#include "gtest/gtest.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {
namespace {

namespace asio = boost::asio;
namespace v1 = config::v1;

// Where probes and the test meet.
class Desk {
 public:
  void Answer(const std::string& provider, absl::Status status) {
    MutexLock lock(&mutex_);
    answers_[provider] = std::move(status);
  }
  // A probe of this provider hangs until it is cancelled.
  void Hang(const std::string& provider) {
    MutexLock lock(&mutex_);
    answers_[provider] = std::nullopt;
  }
  int CountOf(const std::string& provider) {
    MutexLock lock(&mutex_);
    return counts_[provider];
  }
  int most_at_once() {
    MutexLock lock(&mutex_);
    return most_at_once_;
  }
  void AwaitCount(const std::string& provider, int count) {
    MutexLock lock(&mutex_);
    while (counts_[provider] < count) changed_.Wait(&mutex_);
  }
  void AwaitRunning(int count) {
    MutexLock lock(&mutex_);
    while (running_ < count) changed_.Wait(&mutex_);
  }

  // What checks of credentials are told from now on; how many there were.
  void AnswerChecks(CredentialAnswer answer) {
    MutexLock lock(&mutex_);
    check_answer_ = std::move(answer);
  }
  CredentialAnswer Check(std::uint32_t position) {
    MutexLock lock(&mutex_);
    checked_.push_back(position);
    changed_.SignalAll();
    return check_answer_;
  }
  std::vector<std::uint32_t> AwaitChecks(std::size_t count) {
    MutexLock lock(&mutex_);
    while (checked_.size() < count) changed_.Wait(&mutex_);
    return checked_;
  }
  // Whether the latest probe was a chat.
  void Paid(bool is_chat) {
    MutexLock lock(&mutex_);
    is_chat_ = is_chat;
    changed_.SignalAll();
  }
  void AwaitCheapProbe() {
    MutexLock lock(&mutex_);
    while (is_chat_) changed_.Wait(&mutex_);
  }

  // Called by the probe.
  std::optional<absl::Status> Begin(const std::string& provider) {
    MutexLock lock(&mutex_);
    ++counts_[provider];
    ++running_;
    most_at_once_ = std::max(most_at_once_, running_);
    changed_.SignalAll();
    const auto answer = answers_.find(provider);
    if (answer == answers_.end()) return absl::OkStatus();
    return answer->second;
  }
  void End() {
    MutexLock lock(&mutex_);
    --running_;
    changed_.SignalAll();
  }
  int running() {
    MutexLock lock(&mutex_);
    return running_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, std::optional<absl::Status>> answers_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int> counts_ ABSL_GUARDED_BY(mutex_);
  CredentialAnswer check_answer_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::uint32_t> checked_ ABSL_GUARDED_BY(mutex_);
  bool is_chat_ ABSL_GUARDED_BY(mutex_) = true;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
  int most_at_once_ ABSL_GUARDED_BY(mutex_) = 0;
};

class FakeProber final : public Prober {
 public:
  explicit FakeProber(Desk& desk) : desk_(desk) {}

  asio::awaitable<std::optional<ProbeAnswer>> Probe(
      ProbeTarget target) override {
    const auto answer = desk_.Begin(target.provider->name());
    const Ending ending{desk_};
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_at(answer.has_value()
                         ? asio::steady_timer::time_point::min()
                         : asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
    // A provider whose credential does not resolve.
    if (absl::IsNotFound(*answer)) co_return std::nullopt;
    const bool is_chat = target.check.kind == v1::PROBE_KIND_CHAT;
    desk_.Paid(is_chat);
    co_return ProbeAnswer{{*answer, absl::Milliseconds(1)},
                          {},
                          is_chat ? std::optional(0.75) : std::nullopt};
  }

  asio::awaitable<CredentialAnswer> CheckCredential(
      std::shared_ptr<const v1::Provider>, std::uint32_t position) override {
    co_return desk_.Check(position);
  }

 private:
  struct Ending {
    ~Ending() { desk.End(); }
    Desk& desk;
  };
  Desk& desk_;
};

class ProbeLoopTest : public ::testing::Test {
 protected:
  ProbeLoopTest()
      : scoreboard_(clock_),
        providers_(clock_),
        loop_(clock_, random_, std::make_unique<FakeProber>(desk_), scoreboard_,
              providers_) {
    scoreboard_.OnChange([this](Scoreboard::Urgency) {
      MutexLock lock(&mutex_);
      changed_.SignalAll();
    });
  }

  void Configure(const config::v1::Resources& resources) {
    const auto shared =
        std::make_shared<const config::v1::Resources>(resources);
    scoreboard_.SetResources(shared, {});
    loop_.SetResources(shared);
  }

  static config::v1::Resources Providers(const std::string& names,
                                         absl::Duration interval) {
    config::v1::Resources resources;
    config::v1::Model& model = *resources.add_models();
    model.set_name("m");
    for (const char name : names) {
      config::v1::Provider& provider = *resources.add_providers();
      provider.set_name(std::string(1, name));
      provider.mutable_health_check()->set_unhealthy_after(2);
      provider.mutable_health_check()->set_healthy_after(2);
      *provider.mutable_health_check()->mutable_interval() =
          config::FromDuration(interval);
      model.add_targets()->set_provider(provider.name());
    }
    return resources;
  }

  TargetState StateOf(const std::string& provider) {
    const std::shared_ptr<const FleetView> view = scoreboard_.View();
    for (const TargetView& target : view->models.at(0)->targets) {
      if (target.provider == provider) return target.state;
    }
    return TargetState::kDisabled;
  }
  void AwaitState(const std::string& provider, TargetState state) {
    while (StateOf(provider) != state) {
      // As the control plane does; what turns no target shows with it.
      scoreboard_.Tick();
      MutexLock lock(&mutex_);
      changed_.WaitFor(&mutex_, absl::Milliseconds(20));
    }
  }

  Mutex mutex_;
  CondVar changed_;
  SystemClock clock_;
  SystemRandom random_;
  Desk desk_;
  Scoreboard scoreboard_;
  ProviderBoard providers_;
  ProbeLoop loop_;
};

constexpr absl::Duration kOften = absl::Milliseconds(2);
constexpr absl::Duration kNever = absl::Hours(1);

TEST_F(ProbeLoopTest, ProbesEverythingAtOnceAtTheStart) {
  Configure(Providers("abc", kNever));
  loop_.Start();
  for (const char* name : {"a", "b", "c"}) {
    AwaitState(name, TargetState::kHealthy);
    EXPECT_EQ(desk_.CountOf(name), 1);
  }
}

TEST_F(ProbeLoopTest, GoesOnProbing) {
  Configure(Providers("a", kOften));
  loop_.Start();
  desk_.AwaitCount("a", 10);
}

TEST_F(ProbeLoopTest, DeathAndReturnReachTheScoreboard) {
  Configure(Providers("ab", kOften));
  loop_.Start();
  AwaitState("a", TargetState::kHealthy);
  desk_.Answer("a", absl::UnavailableError("connection refused"));
  AwaitState("a", TargetState::kAutoDisabled);
  desk_.Answer("a", absl::OkStatus());
  AwaitState("a", TargetState::kHealthy);
  EXPECT_EQ(StateOf("b"), TargetState::kHealthy);
}

TEST_F(ProbeLoopTest, AHangingProbeDelaysNobodyElse) {
  desk_.Hang("a");
  Configure(Providers("ab", kOften));
  loop_.Start();
  desk_.AwaitCount("b", 10);
  EXPECT_EQ(desk_.CountOf("a"), 1) << "no second one beside the first";
}

TEST_F(ProbeLoopTest, AProbeThatCouldNotBeMadeSaysNothing) {
  desk_.Answer("a", absl::NotFoundError("no credential"));
  Configure(Providers("a", kOften));
  loop_.Start();
  desk_.AwaitCount("a", 5);
  EXPECT_EQ(StateOf("a"), TargetState::kUnknown);
}

TEST_F(ProbeLoopTest, FollowsTheRegistry) {
  Configure(Providers("a", kNever));
  loop_.Start();
  desk_.AwaitCount("a", 1);
  Configure(Providers("ab", kNever));
  desk_.AwaitCount("b", 1);
  EXPECT_EQ(desk_.CountOf("a"), 1);
}

TEST_F(ProbeLoopTest, RunsNoMoreThanItsLimitAtOnce) {
  config::v1::Resources resources = Providers("a", kOften);
  config::v1::Model& model = *resources.mutable_models(0);
  for (int i = 0; i < 300; ++i) {
    config::v1::Target& target = *model.add_targets();
    target.set_provider("a");
    target.set_model(absl::StrCat("m", i));
  }
  desk_.Hang("a");
  Configure(resources);
  loop_.Start();
  desk_.AwaitRunning(256);
  loop_.Stop();
  EXPECT_EQ(desk_.most_at_once(), 256);
}

TEST_F(ProbeLoopTest, StopCancelsWhatRunsAndTellsNobody) {
  desk_.Hang("a");
  Configure(Providers("a", kOften));
  loop_.Start();
  desk_.AwaitCount("a", 1);
  loop_.Stop();
  EXPECT_EQ(desk_.running(), 0);
  EXPECT_EQ(StateOf("a"), TargetState::kUnknown);
}

TEST_F(ProbeLoopTest, MayEndWithoutEverHavingStarted) {
  Configure(Providers("a", kOften));
}

TEST_F(ProbeLoopTest, CredentialsAreAskedWithAtLoad) {
  desk_.AnswerChecks({CredentialAnswer::Kind::kRefused, "HTTP 401"});
  providers_.Follow({{"a", {{{"env:A", 1, ""}, {"env:B", 2, ""}}, 1.0}}});
  Configure(Providers("a", kNever));
  loop_.Start();
  EXPECT_EQ(desk_.AwaitChecks(2), (std::vector<std::uint32_t>{0, 1}));
  while (providers_.Refused("a").size() < 2) std::this_thread::yield();
}

TEST_F(ProbeLoopTest, ChatsAskForModelsOnceTheDaysBudgetIsSpent) {
  providers_.Follow({{"a", {{}, 1.0}}});
  Configure(Providers("a", kOften));
  loop_.Start();
  desk_.AwaitCheapProbe();
  EXPECT_EQ(providers_.Views()[0].probe_cost_today_usd, 1.5);
  EXPECT_TRUE(providers_.BudgetReached("a"));
}

}  // namespace
}  // namespace weir::controlplane
