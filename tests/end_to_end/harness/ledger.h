// The ledger, held against what providers counted.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_LEDGER_H_
#define WEIR_TESTS_END_TO_END_HARNESS_LEDGER_H_

#include <cstdint>
#include <map>
#include <string>

#include "tests/end_to_end/harness/fleet.h"

namespace weir::testing {

// What one provider was asked for, or what the ledger says of that.
struct LedgerCounts {
  std::int64_t attempts = 0;
  // Answered with 200, whatever came of the answer.
  std::int64_t answered = 0;
  // Ledger: whose answer a client got, or left; and tokens of all answers.
  std::int64_t delivered = 0;
  std::int64_t output = 0;
};
using LedgerByProvider = std::map<std::string, LedgerCounts>;

// By the simulated providers' own counts.
LedgerByProvider SeenByProviders(Fleet& fleet);
// By `weirctl cost report`; empty when it can't be had.
LedgerByProvider LedgerOf(Fleet& fleet);

std::int64_t AttemptsIn(const LedgerByProvider& counts);

// Until the ledger has at least as many attempts as providers saw, and nothing
// more is on its way.
bool AwaitLedger(Fleet& fleet);

// Fails the test unless the ledger comes to have just what providers saw, when
// no attempt was broken off and each answer had `output` tokens.
void ExpectExactLedger(Fleet& fleet, std::int64_t output);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_LEDGER_H_
