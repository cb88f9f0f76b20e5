// What limits, budgets and accounts cost a request: the objects that the
// request path calls, in its order, on one thread.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/price.h"
#include "common/limit_id.h"
#include "dataplane/account/account.h"
#include "dataplane/key_admission.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/quota/key_pass.h"
#include "dataplane/quota/quota_view.h"
#include "dataplane/quota/supply.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/name_table.h"
#include "dataplane/usage/slot_table.h"
#include "dataplane/usage/usage_book.h"
#include "dataplane/usage/usage_names.h"
#include "dataplane/usage/usage_slot.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"

namespace weir::dataplane {
namespace {

constexpr std::uint32_t kSlots = 32'768;
// Nothing is refused, as on a day without trouble.
constexpr std::uint64_t kPlenty = 1'000'000'000'000;

std::shared_ptr<Limit> PlentyOf(LimitKind kind, const Clock& clock) {
  return std::make_shared<Limit>("limit", kind, kPlenty, clock.Now());
}

// One request of a key with every kind of limit and a budget that was spent
// once, to a target with limits, at a provider with limits.
class AccountedRequest {
 public:
  AccountedRequest() {
    hand_.AddModel("m", {hand_.AddProvider("p", 1)});
    hand_.config().targets[0].prices =
        config::PriceSchedule(config::Price{2, 0.5, 8, 2, 2});
    snapshot_ = hand_.Build();
    snapshot_.usage_names =
        std::make_shared<UsageNames>(UsageNamesOf(*snapshot_.config, names_));
    snapshot_.quotas = Quotas();
    auto mapping = Mapping::Anonymous(SlotTable::BytesFor(kSlots));
    if (!mapping.ok()) std::abort();
    table_ = SlotTable::Format(*std::move(mapping), 1, kSlots);
    usage_.emplace(table_.get(), clock_);
    request_.snapshot = &snapshot_;
    request_.client = &snapshot_.config->clients[0];
    request_.model = 0;
    request_.body = body_;
  }

  // The key's limits and budget, as the request comes and as it goes.
  void PassKey() {
    KeyPass pass;
    KeyVerdict verdict = AdmitByKey(request_, pass, clock_);
    benchmark::DoNotOptimize(verdict);
    benchmark::DoNotOptimize(LimitFactsOf(request_, clock_));
    pass.OnTokens(1'010);
    request_.pass = nullptr;
  }

  // The provider's and the target's.
  void PassSupply() {
    auto place = SupplyPlace::Take(*snapshot_.quotas,
                                   {candidate_.provider, candidate_.target},
                                   clock_.Now());
    benchmark::DoNotOptimize(place);
  }

  // The attempt's entry, its price, its metrics; tokens of supply are settled
  // here too.
  void Count() {
    UsageEntry entry = usage_->Begin(request_, candidate_);
    AttemptEnd end = kEnd;
    end.ended_at = clock_.Now();
    const Settlement settlement = usage_->Judge(request_, candidate_, end);
    usage_->Settle(request_, candidate_, end, settlement, entry);
    account_.OnAnswer("m", 200, absl::Milliseconds(7));
    if (++counted_ % (kSlots / 2) == 0) FreeSlots();
  }

 private:
  static constexpr AttemptEnd kEnd{
      .ending = Ending::kWhole,
      .format = AnswerFormat::kChat,
      .reading = {{.fresh_input = 1000, .output = 10}, 0},
      .answered_after = absl::Milliseconds(7)};

  std::shared_ptr<const QuotaView> Quotas() const {
    auto quotas = std::make_shared<QuotaView>();
    const auto supply = [&] {
      return SupplyLimits{PlentyOf(LimitKind::kRequests, clock_),
                          PlentyOf(LimitKind::kTokens, clock_),
                          PlentyOf(LimitKind::kConcurrent, clock_)};
    };
    const ClientLimits limits{PlentyOf(LimitKind::kRequests, clock_),
                              PlentyOf(LimitKind::kTokens, clock_),
                              PlentyOf(LimitKind::kConcurrent, clock_),
                              {SpentBudget{absl::UnixEpoch(), std::nullopt}}};
    quotas->clients.assign(snapshot_.config->clients.size(), limits);
    quotas->providers = {supply()};
    quotas->targets = {supply()};
    return quotas;
  }

  // As the thread does that takes entries out, twice a table.
  void FreeSlots() {
    for (UsageSlot& slot : table_->used()) StoreState(slot, SlotState::kFree);
    table_->NoteFrees();
  }

  const SystemClock clock_;
  const std::string body_ = std::string(250, ' ');
  testing::SnapshotByHand hand_;
  NameTable names_;
  Snapshot snapshot_;
  std::unique_ptr<SlotTable> table_;
  std::optional<UsageBook> usage_;
  Account account_;
  Request request_;
  const Candidate candidate_{0, 0, 0};
  std::uint64_t counted_ = 0;
};

void KeyLimitsAndBudget(benchmark::State& state) {
  AccountedRequest request;
  for (auto _ : state) request.PassKey();
}
BENCHMARK(KeyLimitsAndBudget);

void ProviderAndTargetLimits(benchmark::State& state) {
  AccountedRequest request;
  for (auto _ : state) request.PassSupply();
}
BENCHMARK(ProviderAndTargetLimits);

void EntriesPricesAndMetrics(benchmark::State& state) {
  AccountedRequest request;
  for (auto _ : state) request.Count();
}
BENCHMARK(EntriesPricesAndMetrics);

void AllOfARequest(benchmark::State& state) {
  AccountedRequest request;
  for (auto _ : state) {
    request.PassKey();
    request.PassSupply();
    request.Count();
  }
}
BENCHMARK(AllOfARequest);

}  // namespace
}  // namespace weir::dataplane
