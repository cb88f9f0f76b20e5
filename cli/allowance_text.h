// What a key may use and spend, as people write it.
#ifndef WEIR_CLI_ALLOWANCE_TEXT_H_
#define WEIR_CLI_ALLOWANCE_TEXT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "weir/config/v1/client_key.pb.h"

namespace weir::cli {

// `USD/PERIOD[/KIND[/FALLBACK,...]]`: 20/day, 500/month/hard,
// 500/month/hard/gpt-4.1-mini, and with `MODEL=FALLBACK` for single models
// 500/month/hard/gpt-5=gpt-4.1,gpt-4.1-mini. A model with `=` in its name needs
// a file. INVALID_ARGUMENT says what is wrong with it.
absl::StatusOr<config::v1::Budget> ParseBudget(std::string_view text);

// The same back, one after the other: `20/day, 500/month/hard`.
std::string BudgetsText(const config::v1::ClientKey& key);

// What becomes of a key's requests when `budget` is spent: `alert`, `refuse`,
// `use gpt-4.1-mini`, `gpt-5: use gpt-4.1; others: refuse`.
std::string ConsequenceText(const config::v1::Budget& budget);

// `600 rpm, 90000 tpm, 5 at once`; empty without limits.
std::string LimitsText(const config::v1::KeyLimits& limits);

}  // namespace weir::cli

#endif  // WEIR_CLI_ALLOWANCE_TEXT_H_
