#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/time/time.h"
#include "common/config/price.h"
#include "common/config/validate_parts.h"

namespace weir::config {
namespace {

constexpr double kMaxPrice = 1'000'000;
// No model costs a tenth of a cent for a million tokens; prices for one token
// are all below.
constexpr double kLeastPrice = 0.001;

void CheckEntry(const std::string& path, const v1::DatedPrice& entry,
                const Names& names, Judge& judge) {
  if (!entry.provider().empty() &&
      !names.providers.contains(entry.provider())) {
    judge.RefuseUnknown(path + ".provider", "provider", entry.provider(),
                        names.providers);
  }
  if (entry.model().empty()) {
    judge.Refuse(path + ".model", "is missing",
                 "write the provider's own name of the model");
  }
  judge.CheckText(path + ".model", entry.model());
  judge.CheckTime(path + ".effective_from", entry.effective_from());
  if (!entry.has_price()) {
    judge.Refuse(path + ".price", "is missing",
                 "write price: {input: USD, output: USD} per million tokens");
  }
  CheckPrice(path + ".price", entry.price(), judge);
}

}  // namespace

void CheckPrice(const std::string& path, const v1::Price& price, Judge& judge) {
  const std::pair<const char*, double> tokens[] = {
      {".input", price.input()},
      {".cached_input", price.cached_input()},
      {".output", price.output()},
      {".cache_write", price.cache_write()},
      {".cache_write_1h", price.cache_write_1h()}};
  for (const auto& [field, dollars] : tokens) {
    judge.CheckNumber(path + field, dollars, 0, kMaxPrice);
    if (dollars > 0 && dollars < kLeastPrice) {
      judge.Warn(path + field, "looks like the price of one token",
                 "write US dollars for a million of them");
    }
  }
  judge.CheckNumber(path + ".request", price.request(), 0, kMaxPrice);
}

void ValidatePrices(const v1::Resources& resources, const Names& names,
                    Judge& judge) {
  std::map<std::tuple<std::string, std::string, absl::Time>, std::string> seen;
  for (int i = 0; i < resources.prices_size(); ++i) {
    const v1::DatedPrice& entry = resources.prices(i);
    const std::string path = At("prices", i);
    CheckEntry(path, entry, names, judge);
    const auto [first, is_new] = seen.try_emplace(
        {entry.provider(), entry.model(), EffectiveFrom(entry)}, path);
    if (!is_new) {
      judge.Refuse(
          path, "is for the same provider, model and time as " + first->second,
          "keep one of the two, or give it an effective_from of its "
          "own");
    }
  }
}

}  // namespace weir::config
