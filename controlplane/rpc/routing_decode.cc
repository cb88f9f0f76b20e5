#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/config/effective.h"
#include "common/ids.h"
#include "controlplane/rpc/routing_messages.h"

namespace weir::controlplane {
namespace {

namespace v1 = routing::v1;

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxText = 256;
constexpr int kMaxSentences = 20;
constexpr int kMaxTargets = 10'000;
constexpr std::size_t kMaxProviders = 10'000;
constexpr std::size_t kMaxLimits = 20'000;
constexpr std::uint32_t kMaxCredentials = 1000;
constexpr std::size_t kHashBytes = 32;

absl::Status Wrong(const char* field, const char* what) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", what));
}

bool IsPrintable(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isgraph(c); });
}

// What operators read in logs and terminals: short, and without control
// characters.
std::string Clean(const std::string& text) {
  std::string clean = text.substr(0, kMaxText);
  for (char& c : clean) {
    if (absl::ascii_iscntrl(c)) c = ' ';
  }
  return clean;
}

template <typename List>
std::vector<std::string> CleanSentences(const List& sentences) {
  std::vector<std::string> clean;
  for (const std::string& sentence : sentences) {
    if (clean.size() == kMaxSentences) break;
    clean.push_back(Clean(sentence));
  }
  return clean;
}

absl::StatusOr<Lane> FromMessage(v1::Lane lane) {
  switch (lane) {
    case v1::LANE_CONFIG:
      return Lane::kConfig;
    case v1::LANE_WEIGHTS:
      return Lane::kWeights;
    default:
      return Wrong("lane", "is not known");
  }
}

// An age or a wait: neither negative nor beyond what a node can have lived.
std::optional<absl::Duration> Age(const google::protobuf::Duration& message) {
  const absl::Duration age = config::ToDuration(message);
  return std::clamp(age, absl::ZeroDuration(), absl::Hours(24 * 365));
}

// A share; what is none says nothing.
std::optional<double> Headroom(double share) {
  if (!(share >= 0)) return std::nullopt;
  return std::min(share, 1.0);
}

absl::StatusOr<NodeTargetReport> FromMessage(const v1::TargetReport& message) {
  if (message.provider().size() > kMaxName ||
      message.upstream_model().size() > kMaxName + kMaxText) {
    return Wrong("targets", "has a name that is too long");
  }
  absl::StatusOr<LatencySketch> latency =
      controlplane::FromMessage(message.latency());
  if (!latency.ok()) return latency.status();
  NodeTargetReport report;
  report.target = MakeTargetId(message.provider(), message.upstream_model());
  report.successes = message.successes();
  report.endpoint_failures = message.endpoint_failures();
  report.credential_failures = message.credential_failures();
  report.rate_limited = message.rate_limited();
  report.client_errors = message.client_errors();
  report.cancelled = message.cancelled();
  report.consecutive_failures = message.consecutive_failures();
  report.last_error = Clean(message.last_error());
  report.latency = *latency;
  report.in_flight = message.in_flight();
  report.breaker_open = message.breaker() == v1::BREAKER_STATE_OPEN ||
                        message.breaker() == v1::BREAKER_STATE_HALF_OPEN;
  if (message.has_since_success()) {
    report.since_success = Age(message.since_success());
  }
  if (message.has_since_failure()) {
    report.since_failure = Age(message.since_failure());
  }
  if (message.has_headroom()) {
    report.headroom = Headroom(message.headroom());
  }
  if (message.has_pause()) report.pause = Age(message.pause());
  return report;
}

}  // namespace

absl::StatusOr<LatencySketch> FromMessage(const v1::LatencySketch& message) {
  if (message.bucket_size() != message.count_size()) {
    return Wrong("latency", "has not as many counts as buckets");
  }
  LatencySketch sketch;
  for (int i = 0; i < message.bucket_size(); ++i) {
    if (message.bucket(i) >= LatencySketch::kBuckets) {
      return Wrong("latency.bucket", "is beyond 143");
    }
    if (i > 0 && message.bucket(i) <= message.bucket(i - 1)) {
      return Wrong("latency.bucket", "does not grow");
    }
    sketch.AddToBucket(message.bucket(i), message.count(i));
  }
  return sketch;
}

absl::StatusOr<std::optional<Version>> FromMessage(const v1::Version* version) {
  if (version == nullptr) return std::optional<Version>();
  if (version->hash().size() != kHashBytes) {
    return Wrong("version.hash", "is not 32 bytes long");
  }
  return std::optional<Version>(
      Version{version->epoch(), version->sequence(), version->hash()});
}

absl::StatusOr<NodeIdentity> FromMessage(const v1::Hello& hello) {
  if (hello.node_id().empty() || hello.node_id().size() > kMaxName ||
      !IsPrintable(hello.node_id())) {
    return Wrong("node_id", "is not 1 to 253 printable ASCII characters");
  }
  if (hello.region().size() > kMaxName) return Wrong("region", "is too long");
  NodeIdentity identity;
  identity.id = NodeId{hello.node_id()};
  identity.boot_id = hello.boot_id();
  identity.region = Clean(hello.region());
  identity.build_version = Clean(hello.build_version());
  identity.listen_address = Clean(hello.listen_address());
  return identity;
}

absl::StatusOr<NodeAnswer> FromMessage(const v1::Ack& ack) {
  absl::StatusOr<Lane> lane = FromMessage(ack.lane());
  if (!lane.ok()) return lane.status();
  absl::StatusOr<std::optional<Version>> running =
      FromMessage(ack.has_version() ? &ack.version() : nullptr);
  if (!running.ok()) return running.status();
  return NodeAnswer{
      *lane, *std::move(running), {}, CleanSentences(ack.warnings())};
}

absl::StatusOr<NodeAnswer> FromMessage(const v1::Nack& nack) {
  absl::StatusOr<Lane> lane = FromMessage(nack.lane());
  if (!lane.ok()) return lane.status();
  absl::StatusOr<std::optional<Version>> running =
      FromMessage(nack.has_running() ? &nack.running() : nullptr);
  if (!running.ok()) return running.status();
  absl::StatusOr<std::optional<Version>> refused =
      FromMessage(nack.has_version() ? &nack.version() : nullptr);
  if (!refused.ok()) return refused.status();
  NodeAnswer answer{*lane,
                    *std::move(running),
                    CleanSentences(nack.problems()),
                    {},
                    *std::move(refused)};
  if (answer.problems.empty()) {
    answer.problems.emplace_back("refused, without saying why");
  }
  return answer;
}

absl::StatusOr<NodeReport> FromMessage(const v1::Report& message) {
  if (message.targets_size() > kMaxTargets) {
    return Wrong("targets", "are more than 10000");
  }
  NodeReport report;
  report.boot_id = message.boot_id();
  report.targets.reserve(static_cast<std::size_t>(message.targets_size()));
  for (const v1::TargetReport& target : message.targets()) {
    absl::StatusOr<NodeTargetReport> one = FromMessage(target);
    if (!one.ok()) return one.status();
    report.targets.push_back(*std::move(one));
  }
  return report;
}

Traffic TrafficIn(const v1::Report& report) {
  Traffic traffic{.answers = report.answers(),
                  .failed_answers = report.failed_answers()};
  if (report.has_attempts()) {
    traffic.attempts = report.attempts();
    traffic.failed_attempts = report.failed_attempts();
    return traffic;
  }
  for (const v1::TargetReport& target : report.targets()) {
    const std::uint64_t failed =
        target.endpoint_failures() + target.credential_failures();
    traffic.failed_attempts += failed;
    traffic.attempts += target.successes() + failed;
  }
  return traffic;
}

ProviderBoard::Refusals RefusalsIn(const v1::Report& report) {
  ProviderBoard::Refusals refusals;
  for (const v1::ProviderReport& provider : report.providers()) {
    if (refusals.size() == kMaxProviders) break;
    for (const v1::RefusedCredential& refused : provider.refused()) {
      if (refused.credential() >= kMaxCredentials) continue;
      refusals[provider.provider()][refused.credential()] =
          Clean(refused.reason());
    }
  }
  return refusals;
}

std::map<std::string, DemandReport> DemandsIn(const v1::Report& report) {
  std::map<std::string, DemandReport> demands;
  for (const v1::LimitDemand& demand : report.limits()) {
    if (demands.size() == kMaxLimits) break;
    demands[demand.limit()] = {
        demand.wanted(),  demand.refused(), demand.held(), demand.asked(),
        demand.waiting(), demand.granted(), demand.share()};
  }
  return demands;
}

}  // namespace weir::controlplane
