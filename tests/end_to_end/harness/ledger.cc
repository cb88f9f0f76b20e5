#include "tests/end_to_end/harness/ledger.h"

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/http_client.h"

namespace weir::testing {

LedgerByProvider SeenByProviders(Fleet& fleet) {
  LedgerByProvider seen;
  for (int i = 0; i < fleet.providers(); ++i) {
    LedgerCounts& counts = seen[absl::StrCat("p", i + 1)];
    const boost::json::value stats = fleet.Stats(i);
    for (const auto& path : stats.at("by_path").as_object()) {
      const std::string name = path.key();
      // The rest are health checks: who lists models takes no tokens.
      if (absl::EndsWith(name, "/models")) continue;
      for (const auto& status : path.value().as_object()) {
        const std::int64_t times = status.value().to_number<std::int64_t>();
        counts.attempts += times;
        if (status.key() == "200") counts.answered += times;
      }
    }
  }
  return seen;
}

LedgerByProvider LedgerOf(Fleet& fleet) {
  LedgerByProvider ledger;
  // Of all there is, whatever the clocks of those who wrote it say.
  const auto at = [](absl::Time time) {
    return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
  };
  const absl::Time now = absl::Now();
  const auto report = fleet.CtlJson({"cost", "report", "--by", "provider",
                                     "--since", at(now - absl::Hours(24)),
                                     "--until", at(now + absl::Hours(24))});
  if (!report.ok()) return ledger;
  for (const boost::json::value& row : report->at("rows").as_array()) {
    const auto number = [&row](const std::string& field) {
      return std::int64_t{std::stoll(At(row, "/" + field))};
    };
    LedgerCounts& counts = ledger[At(row, "/group")];
    counts.attempts = number("attempts");
    counts.answered = number("attempts") - number("failures");
    counts.delivered = number("requests");
    counts.output = number("output");
  }
  return ledger;
}

std::int64_t AttemptsIn(const LedgerByProvider& counts) {
  std::int64_t sum = 0;
  for (const auto& [provider, count] : counts) sum += count.attempts;
  return sum;
}

bool AwaitLedger(Fleet& fleet) {
  return Eventually(
      [&fleet] {
        return fleet.SumMetric("weir_usage_batches_waiting") == 0 &&
               fleet.SumMetric("weir_requests_in_flight") == 0 &&
               AttemptsIn(LedgerOf(fleet)) >=
                   AttemptsIn(SeenByProviders(fleet));
      },
      absl::Seconds(60));
}

void ExpectExactLedger(Fleet& fleet, std::int64_t output) {
  ASSERT_TRUE(AwaitLedger(fleet)) << fleet.Logs();
  LedgerByProvider ledger = LedgerOf(fleet);
  for (const auto& [provider, seen] : SeenByProviders(fleet)) {
    // Who never had any weight is not in it.
    const LedgerCounts kept = ledger[provider];
    EXPECT_EQ(kept.attempts, seen.attempts) << provider;
    EXPECT_EQ(kept.answered, seen.answered) << provider;
    EXPECT_EQ(kept.delivered, seen.answered) << provider;
    EXPECT_EQ(kept.output, output * seen.answered) << provider;
  }
}

}  // namespace weir::testing
