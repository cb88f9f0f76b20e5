#include "dataplane/key_admission.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/concat.h"
#include "common/dialect/dialect.h"
#include "dataplane/account/limit_facts.h"
#include "dataplane/account/refusal.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/task.h"
#include "dataplane/quota/key_pass.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_view.h"
#include "dataplane/quota_wait.h"
#include "dataplane/request.h"
#include "dataplane/usage/settle.h"

namespace weir::dataplane {
namespace {

// Null where no limits are kept of it.
const ClientLimits* LimitsOf(const Request& request) {
  const QuotaView* const quotas = request.snapshot->quotas.get();
  if (quotas == nullptr) return nullptr;
  return &quotas->clients[static_cast<std::size_t>(
      request.client - ConfigOf(request).clients.data())];
}

double InputTokens(const Request& request) {
  return EstimateInput(
      request.body.size(),
      request.model.has_value()
          ? ConfigOf(request).models[*request.model].context_tokens
          : 0);
}

std::string_view UnitOf(LimitKind kind) {
  switch (kind) {
    case LimitKind::kRequests:
      return "requests a minute";
    case LimitKind::kTokens:
      return "tokens a minute";
    case LimitKind::kConcurrent:
      return "requests at once";
  }
  return "requests a minute";
}

Refusal Refuse(const Request& request, const KeyRefusal& refused) {
  const Limit& limit = *refused.limit;
  const std::string message =
      Concat("This API key may use ", limit.capacity(), " ",
             UnitOf(limit.kind()), "; try again later.");
  return RefusalOf(
      {429,
       limit.kind() == LimitKind::kConcurrent ? "concurrency_limit_exceeded"
                                              : "rate_limit_exceeded",
       message},
      *request.dialect, refused.wait);
}

// Nullopt: nothing is spent, or another model serves instead.
std::optional<Refusal> SpendOrSpare(const ClientLimits& limits,
                                    Request& request, const Clock& clock) {
  if (limits.spent.empty()) return std::nullopt;
  const absl::Time now = clock.WallNow();
  absl::Time until = absl::InfinitePast();
  std::optional<ModelIndex> serves = request.model;
  for (const SpentBudget& budget : limits.spent) {
    if (now >= budget.until) continue;
    const std::optional<ModelIndex> fallback =
        request.model.has_value() ? budget.FallbackOf(*request.model)
                                  : std::nullopt;
    if (fallback.has_value()) {
      // What holds longest.
      if (budget.until >= until) serves = fallback;
      until = std::max(until, budget.until);
      continue;
    }
    return RefusalOf({429, "budget_exceeded",
                      "This API key has spent its budget. Ask whoever gave it "
                      "to you for more."},
                     *request.dialect);
  }
  request.model = serves;
  return std::nullopt;
}

KeyVerdict TakeOfLimits(const ClientLimits& limits, Request& request,
                        KeyPass& pass, const Clock& clock) {
  if (const auto refused = pass.Take(limits, InputTokens(request), clock)) {
    return {std::make_unique<Refusal>(Refuse(request, *refused)),
            refused->limit->MayAsk(clock.Now()) ? refused->limit : nullptr};
  }
  request.pass = &pass;
  return {};
}

LimitFact FactOf(const Limit& limit, absl::Time now) {
  return {limit.capacity(), limit.Remaining(now), limit.UntilFull(now)};
}

// A key has two limits that may be asked for: a place, and a request a minute.
constexpr int kMostAsked = 2;

}  // namespace

KeyVerdict AdmitByKey(Request& request, KeyPass& pass, const Clock& clock) {
  const ClientLimits* const limits = LimitsOf(request);
  if (limits == nullptr) return {};
  if (auto spent = SpendOrSpare(*limits, request, clock)) {
    return {std::make_unique<Refusal>(*std::move(spent))};
  }
  return TakeOfLimits(*limits, request, pass, clock);
}

io::Task<KeyVerdict> AskForLimit(KeyVerdict verdict, Request& request,
                                 KeyPass& pass, QuotaWait& wait,
                                 Interrupt& interrupt, const Clock& clock) {
  for (int asked = 0; verdict.ask != nullptr && asked < kMostAsked; ++asked) {
    co_await wait.Ask(*verdict.ask, interrupt);
    if (interrupt.raised()) break;
    // Which model serves was settled before.
    verdict = TakeOfLimits(*LimitsOf(request), request, pass, clock);
  }
  // What it holds of other limits is free before the answer is written.
  if (verdict.refusal != nullptr) pass = KeyPass();
  co_return verdict;
}

bool HasQuotaNews(const Request& request) {
  const ClientLimits* const limits = LimitsOf(request);
  if (limits == nullptr || limits->empty()) return false;
  bool news = false;
  for (const auto* limit :
       {&limits->requests, &limits->tokens, &limits->concurrent}) {
    news |= *limit != nullptr && (*limit)->TakeNews();
  }
  return news;
}

LimitFacts LimitFactsOf(const Request& request, const Clock& clock) {
  LimitFacts facts;
  // Before the key is known there are none.
  if (request.client == nullptr) return facts;
  const ClientLimits* const limits = LimitsOf(request);
  // Most keys have none, and clocks cost.
  if (limits == nullptr ||
      (limits->requests == nullptr && limits->tokens == nullptr)) {
    return facts;
  }
  facts.form = request.dialect == &dialect::Anthropic() ? LimitForm::kAnthropic
                                                        : LimitForm::kOpenAi;
  const absl::Time now = clock.Now();
  if (limits->requests != nullptr) {
    facts.requests = FactOf(*limits->requests, now);
  }
  if (limits->tokens != nullptr) facts.tokens = FactOf(*limits->tokens, now);
  facts.now = clock.WallNow();
  return facts;
}

}  // namespace weir::dataplane
