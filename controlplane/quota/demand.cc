#include "controlplane/quota/demand.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/time/time.h"

namespace weir::controlplane {
namespace {

// Reports that come together, by the network's doing.
constexpr absl::Duration kShortestSpan = absl::Milliseconds(50);

// So many between two reports, or as many a minute as that makes.
constexpr double kPlenty = 5;
constexpr double kPlentyAMinute = 600;

// Counts of tokens are put right when requests end, so they may go back.
std::uint64_t Growth(std::uint64_t before, std::uint64_t after) {
  return after - std::min(before, after);
}

// A peer's number: what no limit has is none.
double ShareOf(double share) {
  constexpr double kMost = 1e12;
  return share >= 0 && share <= kMost ? share : 0;
}

}  // namespace

void Demand::OnReport(const DemandReport& report, std::uint64_t boot_id,
                      absl::Time now) {
  const bool is_first = last_ == absl::InfinitePast() || boot_id != boot_id_;
  held_ = report.held;
  waiting_ = report.waiting;
  share_ = ShareOf(report.share);
  newly_refused_ = is_first ? 0 : Growth(counts_.refused, report.refused);
  if (!is_first && now - last_ < kShortestSpan) return;
  if (is_first) {
    rate_.reset();
  } else {
    Average(Growth(counts_.wanted, report.wanted), now - last_);
  }
  counts_ = report;
  boot_id_ = boot_id;
  last_ = now;
}

void Demand::Average(std::uint64_t wanted, absl::Duration span) {
  const auto came = static_cast<double>(wanted);
  const double seconds = absl::ToDoubleSeconds(span);
  const double rate = came / seconds * 60;
  const double before = rate_.value_or(rate);
  const absl::Duration memory =
      came >= kPlenty || before >= kPlentyAMinute ? kMemory : kMemoryOfFew;
  const double gain = 1 - std::exp(-seconds / absl::ToDoubleSeconds(memory));
  rate_ = before + gain * (rate - before);
}

}  // namespace weir::controlplane
