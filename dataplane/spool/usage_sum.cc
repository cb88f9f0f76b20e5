#include "dataplane/spool/usage_sum.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "dataplane/usage/usage_slot.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {
namespace {

using routing::v1::UsageRecord;

constexpr std::int64_t kMinute = 60;

// Of a number that may be negative, as a wall clock that was set wrong is.
std::int64_t RoundedDown(std::int64_t number, std::int64_t step) {
  const std::int64_t rest = number % step;
  return number - rest - (rest < 0 ? step : 0);
}

void FillTokens(const std::array<std::uint64_t, kTokenKinds>& tokens,
                UsageRecord& record) {
  record.set_fresh_input(tokens[kFreshInput]);
  record.set_cache_read(tokens[kCacheRead]);
  record.set_cache_write_5m(tokens[kCacheWrite5m]);
  record.set_cache_write_1h(tokens[kCacheWrite1h]);
  record.set_audio_input(tokens[kAudioInput]);
  record.set_image_input(tokens[kImageInput]);
  record.set_output(tokens[kOutput]);
  record.set_reasoning(tokens[kReasoning]);
  record.set_audio_output(tokens[kAudioOutput]);
  record.set_image_output(tokens[kImageOutput]);
}

void FillLatency(const UsageCounts& counts, UsageRecord& record) {
  for (const auto& [index, count] : counts.latency.buckets()) {
    record.mutable_latency()->add_bucket(static_cast<std::uint32_t>(index));
    record.mutable_latency()->add_count(count);
  }
  record.set_latency_total_us(counts.latency_total_us);
}

}  // namespace

void FewLatencies::Add(std::size_t bucket, std::uint64_t count) {
  const auto place =
      std::ranges::lower_bound(buckets_, bucket, {}, &Bucket::index);
  if (place != buckets_.end() && place->index == bucket) {
    place->count += count;
  } else {
    buckets_.insert(place, {bucket, count});
  }
}

void FewLatencies::Merge(const FewLatencies& other) {
  for (const auto& [index, count] : other.buckets_) Add(index, count);
}

void UsageCounts::Add(const SlotEnd& end) {
  ++attempts;
  requests += end.answered != 0 ? 1 : 0;
  failures += end.failed != 0 ? 1 : 0;
  for (std::size_t i = 0; i < kTokenKinds; ++i) tokens[i] += end.tokens[i];
  unbelievable += end.unbelievable;
  if (end.latency_us == 0) return;
  latency.Add(LatencySketch::BucketOf(absl::Microseconds(end.latency_us)), 1);
  latency_total_us += end.latency_us;
}

void UsageCounts::Add(const UsageCounts& other) {
  attempts += other.attempts;
  requests += other.requests;
  failures += other.failures;
  for (std::size_t i = 0; i < kTokenKinds; ++i) tokens[i] += other.tokens[i];
  unbelievable += other.unbelievable;
  latency.Merge(other.latency);
  latency_total_us += other.latency_total_us;
}

bool UsageSum::Add(const UsageSlot& slot, std::size_t most) {
  constexpr std::int64_t kMinuteUs = kMinute * 1'000'000;
  const Key key{RoundedDown(slot.end.unix_us, kMinuteUs) / 1'000'000,
                slot.names, slot.end.source};
  if (sums_.size() >= most && !sums_.contains(key)) return false;
  sums_[key].Add(slot.end);
  ++attempts_;
  return true;
}

void UsageSum::Merge(UsageSum other, absl::Duration step) {
  const std::int64_t seconds = absl::ToInt64Seconds(step);
  attempts_ += other.attempts_;
  if (sums_.empty() && seconds == kMinute) {
    sums_ = std::move(other.sums_);
    return;
  }
  for (const auto& [key, counts] : other.sums_) {
    sums_[{RoundedDown(key.minute, seconds), key.names, key.source}].Add(
        counts);
  }
}

std::string UsageSum::Serialize(std::uint64_t boot_id, std::uint64_t sequence,
                                const NameOf& name_of) const {
  google::protobuf::Arena arena;
  auto& batch =
      *google::protobuf::Arena::CreateMessage<routing::v1::UsageBatch>(&arena);
  batch.set_boot_id(boot_id);
  batch.set_sequence(sequence);
  batch.mutable_records()->Reserve(static_cast<int>(sums_.size()));
  for (const auto& [key, counts] : sums_) {
    UsageRecord& record = *batch.add_records();
    record.mutable_minute()->set_seconds(key.minute);
    record.set_client_key(name_of(key.names.client));
    record.set_model(name_of(key.names.model));
    record.set_provider(name_of(key.names.provider));
    record.set_upstream_model(name_of(key.names.upstream_model));
    record.set_provenance(
        static_cast<routing::v1::UsageProvenance>(key.source));
    record.set_attempts(counts.attempts);
    record.set_requests(counts.requests);
    record.set_failures(counts.failures);
    record.set_unbelievable(counts.unbelievable);
    FillTokens(counts.tokens, record);
    FillLatency(counts, record);
  }
  return batch.SerializeAsString();
}

}  // namespace weir::dataplane
