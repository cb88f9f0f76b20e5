#include "controlplane/rpc/usage_decode.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "controlplane/rpc/routing_messages.h"

namespace weir::controlplane {
namespace {

namespace v1 = routing::v1;

// As long as a model's name may be.
constexpr std::size_t kMaxName = 255;
// Clocks of nodes differ by less; from further ahead there can be no usage.
constexpr absl::Duration kAhead = absl::Minutes(5);
// No spool waits for longer.
constexpr absl::Duration kBehind = absl::Hours(400 * 24);

std::string Name(const std::string& given, UsageMisfits& misfits) {
  std::size_t size = std::min(given.size(), kMaxName);
  if (size < given.size()) {
    ++misfits.names;
    // Not inside a letter.
    while (size > 0 &&
           (static_cast<unsigned char>(given[size]) & 0xC0U) == 0x80U) {
      --size;
    }
  }
  std::string name = given.substr(0, size);
  for (char& c : name) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  return name;
}

std::uint64_t Bounded(std::uint64_t count, std::uint64_t limit,
                      UsageMisfits& misfits) {
  if (count <= limit) return count;
  ++misfits.counts;
  return limit;
}

absl::Time MinuteOf(absl::Time time) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(time) / 60 * 60);
}

absl::Time Minute(const v1::UsageRecord& record, absl::Time now,
                  UsageMisfits& misfits) {
  const absl::Time minute = config::ToTime(record.minute());
  if (minute <= now + kAhead && minute >= now - kBehind) {
    return MinuteOf(minute);
  }
  ++misfits.minutes;
  return MinuteOf(now);
}

UsageProvenance ProvenanceOf(v1::UsageProvenance provenance) {
  switch (provenance) {
    case v1::USAGE_PROVENANCE_REPORTED:
      return UsageProvenance::kReported;
    case v1::USAGE_PROVENANCE_PARTIAL:
      return UsageProvenance::kPartial;
    case v1::USAGE_PROVENANCE_CANCELLED:
      return UsageProvenance::kCancelled;
    case v1::USAGE_PROVENANCE_INTERRUPTED:
      return UsageProvenance::kInterrupted;
    default:
      return UsageProvenance::kEstimated;
  }
}

LatencySketch Latency(const v1::LatencySketch& message, UsageMisfits& misfits) {
  const bool believable = std::ranges::all_of(
      message.count(),
      [](std::uint64_t count) { return count <= kMaxRecordCount; });
  absl::StatusOr<LatencySketch> sketch = FromMessage(message);
  if (believable && sketch.ok()) return *sketch;
  ++misfits.latencies;
  return {};
}

UsageSums SumsOf(const v1::UsageRecord& record, UsageMisfits& misfits) {
  const auto count = [&](std::uint64_t given) {
    return Bounded(given, kMaxRecordCount, misfits);
  };
  return {.attempts = count(record.attempts()),
          .requests = count(record.requests()),
          .failures = count(record.failures()),
          .fresh_input = count(record.fresh_input()),
          .cache_read = count(record.cache_read()),
          .cache_write_5m = count(record.cache_write_5m()),
          .cache_write_1h = count(record.cache_write_1h()),
          .audio_input = count(record.audio_input()),
          .image_input = count(record.image_input()),
          .output = count(record.output()),
          .reasoning = count(record.reasoning()),
          .audio_output = count(record.audio_output()),
          .image_output = count(record.image_output()),
          .unbelievable = count(record.unbelievable()),
          .latency_total_us =
              Bounded(record.latency_total_us(), kMaxRecordLatency, misfits),
          .latency = Latency(record.latency(), misfits)};
}

}  // namespace

absl::StatusOr<UsageBatch> FromMessage(const v1::UsageBatch& message,
                                       absl::Time now, UsageMisfits& misfits) {
  if (message.sequence() == 0) {
    return absl::InvalidArgumentError("usage.sequence: is 0");
  }
  UsageBatch batch;
  batch.boot_id = message.boot_id();
  batch.sequence = message.sequence();
  const int records = std::min(message.records_size(), kMaxRecords);
  misfits.records +=
      static_cast<std::uint64_t>(message.records_size() - records);
  batch.rows.reserve(static_cast<std::size_t>(records));
  for (int i = 0; i < records; ++i) {
    const v1::UsageRecord& record = message.records(i);
    UsageRow& row = batch.rows.emplace_back();
    row.begin = Minute(record, now, misfits);
    row.last_used = row.begin;
    row.series = {Name(record.client_key(), misfits),
                  Name(record.model(), misfits),
                  Name(record.provider(), misfits),
                  Name(record.upstream_model(), misfits),
                  ProvenanceOf(record.provenance())};
    row.sums = SumsOf(record, misfits);
  }
  return batch;
}

}  // namespace weir::controlplane
