#include "bench/loadgen/results.h"

#include <numeric>
#include <utility>

namespace weir::bench {
namespace {

constexpr std::size_t kKeptFailures = 20;

}  // namespace

std::string_view NameOf(Fate fate) {
  switch (fate) {
    case Fate::kOk:
      return "ok";
    case Fate::kStatus:
      return "status";
    case Fate::kSseError:
      return "sse_error";
    case Fate::kTruncated:
      return "truncated";
    case Fate::kReset:
      return "reset";
    case Fate::kLost:
      return "lost";
    case Fate::kTimeout:
      return "timeout";
    case Fate::kConnect:
      return "connect";
    case Fate::kInvalid:
      return "invalid";
    case Fate::kUnfinished:
      return "unfinished";
  }
  return "";
}

std::uint64_t KindResults::requests() const {
  return std::accumulate(fates.begin(), fates.end(), std::uint64_t{0});
}

std::uint64_t KindResults::failed() const {
  return requests() - of(Fate::kOk) - of(Fate::kUnfinished);
}

void Results::AddFailure(Failure failure) {
  if (failures.size() < kKeptFailures) failures.push_back(std::move(failure));
}

}  // namespace weir::bench
