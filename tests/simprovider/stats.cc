#include "tests/simprovider/stats.h"

#include "absl/strings/str_join.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

constexpr std::size_t kKeptBody = 64 << 10;
// Clients choose paths and models; beyond so many they are counted as one.
constexpr std::size_t kMaxNames = 1000;

template <typename Map>
typename Map::mapped_type& Slot(Map& map, std::string_view name) {
  if (const auto found = map.find(name); found != map.end()) {
    return found->second;
  }
  return map[map.size() < kMaxNames ? std::string(name) : "(others)"];
}

std::string StatusCounts(const std::map<int, std::uint64_t>& counts) {
  const auto member = [](std::string* out, const auto& entry) {
    text::Append(*out, "\"", entry.first, "\":", entry.second);
  };
  return text::Cat("{", absl::StrJoin(counts, ",", member), "}");
}

std::string ToJsonText(const Counts& counts, std::string_view provider) {
  std::map<int, std::uint64_t> by_status;
  for (const auto& [path, statuses] : counts.by_path) {
    for (const auto& [status, count] : statuses) by_status[status] += count;
  }
  const auto path_member = [](std::string* out, const auto& entry) {
    text::Append(*out, text::JsonString(entry.first), ":",
                 StatusCounts(entry.second));
  };
  const auto model_member = [](std::string* out, const auto& entry) {
    text::Append(*out, text::JsonString(entry.first), ":", entry.second);
  };
  const std::uint64_t ended = counts.completed + counts.cancelled + counts.cut;
  return text::Cat(
      R"({"name":)", text::JsonString(provider),
      R"(,"connections":{"accepted":)", counts.connections_accepted,
      R"(,"open":)", counts.connections_accepted - counts.connections_closed,
      R"(},"requests":{"total":)", counts.requests, R"(,"reused":)",
      counts.requests_reused, R"(,"in_flight":)", counts.requests - ended,
      R"(,"completed":)", counts.completed, R"(,"cancelled":)",
      counts.cancelled, R"(,"cut":)", counts.cut, R"(,"invalid":)",
      counts.invalid, R"(},"bytes":{"in":)", counts.bytes_in, R"(,"out":)",
      counts.bytes_out, R"(},"by_status":)", StatusCounts(by_status),
      R"(,"by_path":{)", absl::StrJoin(counts.by_path, ",", path_member),
      R"(},"by_model":{)", absl::StrJoin(counts.by_model, ",", model_member),
      R"(},"last_request":)",
      counts.last_sequence == 0
          ? "null"
          : text::Cat(R"({"head":)", text::JsonString(counts.last_head),
                      R"(,"body":)", text::JsonString(counts.last_body),
                      R"(,"body_bytes":)", counts.last_body_bytes, "}"),
      "}");
}

}  // namespace

void Counts::Add(const Counts& other) {
  connections_accepted += other.connections_accepted;
  connections_closed += other.connections_closed;
  requests += other.requests;
  requests_reused += other.requests_reused;
  invalid += other.invalid;
  completed += other.completed;
  cancelled += other.cancelled;
  cut += other.cut;
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  for (const auto& [path, statuses] : other.by_path) {
    for (const auto& [status, count] : statuses) by_path[path][status] += count;
  }
  for (const auto& [model, count] : other.by_model) by_model[model] += count;
  if (other.last_sequence > last_sequence) {
    last_sequence = other.last_sequence;
    last_head = other.last_head;
    last_body = other.last_body;
    last_body_bytes = other.last_body_bytes;
  }
}

void Stats::ConnectionOpened() {
  MutexLock lock(&mutex_);
  ++counts_.connections_accepted;
}

void Stats::ConnectionClosed() {
  MutexLock lock(&mutex_);
  ++counts_.connections_closed;
}

void Stats::Invalid() {
  MutexLock lock(&mutex_);
  ++counts_.invalid;
}

void Stats::Began(const Request& request, std::uint64_t sequence,
                  std::string_view model, int status, Connection connection) {
  MutexLock lock(&mutex_);
  ++counts_.requests;
  counts_.bytes_in += request.head.size() + request.body.size();
  if (connection == Connection::kReused) ++counts_.requests_reused;
  ++Slot(counts_.by_path, request.path)[status];
  if (!model.empty()) ++Slot(counts_.by_model, model);
  counts_.last_sequence = sequence;
  counts_.last_head.assign(request.head);
  counts_.last_body.assign(request.body.substr(0, kKeptBody));
  counts_.last_body_bytes = request.body.size();
}

void Stats::Ended(Outcome outcome, std::uint64_t bytes_out) {
  MutexLock lock(&mutex_);
  counts_.bytes_out += bytes_out;
  switch (outcome) {
    case Outcome::kCompleted:
      ++counts_.completed;
      break;
    case Outcome::kCancelled:
      ++counts_.cancelled;
      break;
    case Outcome::kCut:
      ++counts_.cut;
      break;
  }
}

Counts Stats::Read() const {
  MutexLock lock(&mutex_);
  return counts_;
}

void Stats::Reset() {
  MutexLock lock(&mutex_);
  Counts fresh;
  fresh.connections_accepted =
      counts_.connections_accepted - counts_.connections_closed;
  fresh.requests =
      counts_.requests - counts_.completed - counts_.cancelled - counts_.cut;
  counts_ = fresh;
}

Stats& StatsBoard::AddThread() {
  threads_.push_back(std::make_unique<Stats>());
  return *threads_.back();
}

std::string StatsBoard::ToJson(std::string_view provider) const {
  Counts sum;
  for (const auto& thread : threads_) sum.Add(thread->Read());
  return ToJsonText(sum, provider);
}

void StatsBoard::Reset() {
  for (const auto& thread : threads_) thread->Reset();
}

}  // namespace weir::simprovider
