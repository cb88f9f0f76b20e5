#include "controlplane/store/sql_usage_table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/store/sketch_bytes.h"
#include "controlplane/store/sql_time.h"

namespace weir::controlplane {
namespace {

// Series are few: keys times targets. More of them than this are looked up
// again.
constexpr std::size_t kMaxKnownIds = 100'000;

// The counts stand in kUsageCounts' order from `column` on, then the sketch and
// the latest minute.
UsageSums SumsAt(const Statement& row, int column) {
  UsageSums sums;
  for (const auto count : kUsageCounts) {
    sums.*count = std::min(row.Number(column++), kMaxUsageCount);
  }
  sums.latency = SketchOf(row.Bytes(column));
  return sums;
}

std::optional<UsageSpan> SpanOf(std::uint64_t seconds) {
  for (const UsageSpan span :
       {UsageSpan::kMinute, UsageSpan::kHour, UsageSpan::kDay}) {
    if (seconds == static_cast<std::uint64_t>(span)) return span;
  }
  return std::nullopt;
}

UsageProvenance ProvenanceOf(std::uint64_t number) {
  if (number < 1 || number > 5) return UsageProvenance::kEstimated;
  return static_cast<UsageProvenance>(number);
}

// nullopt: of a span that there is not.
std::optional<UsageRow> RowOf(const Statement& row) {
  const std::optional<UsageSpan> span = SpanOf(row.Number(0));
  if (!span.has_value()) return std::nullopt;
  UsageRow result;
  result.span = *span;
  result.begin = TimeOf(row.Number(1));
  result.series = {row.Bytes(2), row.Bytes(3), row.Bytes(4), row.Bytes(5),
                   ProvenanceOf(row.Number(6))};
  result.sums = SumsAt(row, 7);
  result.last_used =
      TimeOf(row.Number(8 + static_cast<int>(kUsageCounts.size())));
  return result;
}

// Rows that the statement gives, which selects what RowOf() wants.
absl::Status VisitRows(Statement& query,
                       const std::function<void(const UsageRow&)>& visit) {
  for (;;) {
    absl::StatusOr<bool> row = query.Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
    if (const auto found = RowOf(query)) visit(*found);
  }
}

absl::Status Write(Database& database, const UsageRow& row,
                   std::uint64_t series) {
  absl::StatusOr<Statement> write = database.Prepare(
      "INSERT INTO usage_sums (span, begins_at, series, attempts, requests, "
      "failures, fresh_input, cache_read, cache_write_5m, cache_write_1h, "
      "audio_input, image_input, output, reasoning, audio_output, "
      "image_output, unbelievable, latency_total_us, latency, last_used) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (span, begins_at, series) DO UPDATE SET "
      "attempts = excluded.attempts, requests = excluded.requests, "
      "failures = excluded.failures, fresh_input = excluded.fresh_input, "
      "cache_read = excluded.cache_read, "
      "cache_write_5m = excluded.cache_write_5m, "
      "cache_write_1h = excluded.cache_write_1h, "
      "audio_input = excluded.audio_input, "
      "image_input = excluded.image_input, output = excluded.output, "
      "reasoning = excluded.reasoning, audio_output = excluded.audio_output, "
      "image_output = excluded.image_output, "
      "unbelievable = excluded.unbelievable, "
      "latency_total_us = excluded.latency_total_us, "
      "latency = excluded.latency, last_used = excluded.last_used");
  if (!write.ok()) return write.status();
  int position = 0;
  write->Bind(++position, static_cast<std::uint64_t>(row.span));
  write->Bind(++position, SecondsOf(row.begin));
  write->Bind(++position, series);
  for (const auto count : kUsageCounts) {
    write->Bind(++position, row.sums.*count);
  }
  const std::string latency = SketchBytes(row.sums.latency);
  write->BindBlob(++position, latency);
  write->Bind(++position, SecondsOf(row.last_used));
  return write->Run();
}

// Adds what is in the database to `row`, which is to replace it.
absl::Status AddStored(Database& database, std::uint64_t series,
                       UsageRow& row) {
  absl::StatusOr<Statement> query = database.Prepare(
      "SELECT attempts, requests, failures, fresh_input, cache_read, "
      "cache_write_5m, cache_write_1h, audio_input, image_input, output, "
      "reasoning, audio_output, image_output, unbelievable, "
      "latency_total_us, latency, last_used FROM usage_sums "
      "WHERE span = ? AND begins_at = ? AND series = ?");
  if (!query.ok()) return query.status();
  query->Bind(1, static_cast<std::uint64_t>(row.span));
  query->Bind(2, SecondsOf(row.begin));
  query->Bind(3, series);
  absl::StatusOr<bool> found = query->Step();
  if (!found.ok()) return found.status();
  if (!*found) return absl::OkStatus();
  AddUsage(SumsAt(*query, 0), row.sums);
  const int last_used = static_cast<int>(kUsageCounts.size()) + 1;
  row.last_used = std::max(row.last_used, TimeOf(query->Number(last_used)));
  return absl::OkStatus();
}

// Begin of the oldest row of a span; nullopt: there is none.
absl::StatusOr<std::optional<absl::Time>> OldestBegin(Database& database,
                                                      UsageSpan span) {
  absl::StatusOr<Statement> query = database.Prepare(
      "SELECT begins_at FROM usage_sums WHERE span = ? "
      "ORDER BY begins_at LIMIT 1");
  if (!query.ok()) return query.status();
  query->Bind(1, static_cast<std::uint64_t>(span));
  absl::StatusOr<bool> found = query->Step();
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<absl::Time>();
  return std::optional<absl::Time>(TimeOf(query->Number(0)));
}

constexpr char kSelectRows[] =
    "SELECT span, begins_at, client_key, model, provider, upstream_model, "
    "provenance, attempts, requests, failures, fresh_input, cache_read, "
    "cache_write_5m, cache_write_1h, audio_input, image_input, output, "
    "reasoning, audio_output, image_output, unbelievable, latency_total_us, "
    "latency, last_used FROM usage_sums "
    "JOIN usage_series ON usage_series.id = usage_sums.series "
    "WHERE span IN (?, ?, ?) AND begins_at >= ? AND begins_at < ?";

absl::StatusOr<Statement> SelectRows(Database& database,
                                     std::array<UsageSpan, 3> spans,
                                     absl::Time since, absl::Time until) {
  absl::StatusOr<Statement> query = database.Prepare(kSelectRows);
  if (!query.ok()) return query.status();
  int position = 0;
  for (const UsageSpan span : spans) {
    query->Bind(++position, static_cast<std::uint64_t>(span));
  }
  query->Bind(++position, SecondsOf(since));
  query->Bind(++position, SecondsOf(until));
  return query;
}

absl::Status DeleteRows(Database& database, UsageSpan span, absl::Time since,
                        absl::Time until) {
  absl::StatusOr<Statement> remove = database.Prepare(
      "DELETE FROM usage_sums "
      "WHERE span = ? AND begins_at >= ? AND begins_at < ?");
  if (!remove.ok()) return remove.status();
  remove->Bind(1, static_cast<std::uint64_t>(span));
  remove->Bind(2, SecondsOf(since));
  remove->Bind(3, SecondsOf(until));
  return remove->Run();
}

// The begin of the span that `time` is in; UTC.
absl::Time FloorTo(UsageSpan span, absl::Time time) {
  const auto width = static_cast<std::int64_t>(span);
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  return absl::FromUnixSeconds(seconds - ((seconds % width) + width) % width);
}

}  // namespace

absl::Status ReadUsage(Database& database, absl::Time since, absl::Time until,
                       const std::function<void(const UsageRow&)>& visit) {
  absl::StatusOr<Statement> query = SelectRows(
      database, {UsageSpan::kMinute, UsageSpan::kHour, UsageSpan::kDay}, since,
      until);
  if (!query.ok()) return query.status();
  return VisitRows(*query, visit);
}

absl::StatusOr<std::uint64_t> SqlUsageTable::SeriesId(
    const UsageSeries& series) {
  if (const auto known = ids_.find(series); known != ids_.end()) {
    return known->second;
  }
  // The update changes nothing; without one RETURNING gives no row.
  absl::StatusOr<Statement> insert = database_.Prepare(
      "INSERT INTO usage_series "
      "(client_key, model, provider, upstream_model, provenance) "
      "VALUES (?, ?, ?, ?, ?) ON CONFLICT "
      "(client_key, model, provider, upstream_model, provenance) "
      "DO UPDATE SET provenance = excluded.provenance RETURNING id");
  if (!insert.ok()) return insert.status();
  insert->BindText(1, series.client_key);
  insert->BindText(2, series.model);
  insert->BindText(3, series.provider);
  insert->BindText(4, series.upstream_model);
  insert->Bind(5, static_cast<std::uint64_t>(series.provenance));
  absl::StatusOr<bool> row = insert->Step();
  if (!row.ok()) return row.status();
  const std::uint64_t id = insert->Number(0);
  // RETURNING writes only once it was stepped to its end.
  if (absl::Status done = insert->Run(); !done.ok()) return done;
  if (ids_.size() >= kMaxKnownIds) ids_.clear();
  ids_.emplace(series, id);
  return id;
}

absl::Status SqlUsageTable::Add(const UsageRow& row) {
  absl::StatusOr<std::uint64_t> series = SeriesId(row.series);
  if (!series.ok()) return series.status();
  UsageRow sum = row;
  absl::Status added = AddStored(database_, *series, sum);
  return added.ok() ? Write(database_, sum, *series) : added;
}

absl::StatusOr<bool> SqlUsageTable::RollUp(const RollUpStep& step) {
  const auto oldest = OldestBegin(database_, step.from);
  if (!oldest.ok()) return oldest.status();
  if (!oldest->has_value() || **oldest >= step.before) return false;
  const absl::Time begin = FloorTo(step.to, **oldest);
  const absl::Time end =
      begin + absl::Seconds(static_cast<std::int64_t>(step.to));

  std::map<std::pair<absl::Time, UsageSeries>, UsageRow> wide;
  absl::StatusOr<Statement> query =
      SelectRows(database_, {step.from, step.from, step.from}, begin, end);
  if (!query.ok()) return query.status();
  absl::Status done = VisitRows(*query, [&](const UsageRow& row) {
    const absl::Time from =
        std::max(begin, step.price_begin(row.series, row.begin));
    const auto [found, is_new] = wide.try_emplace({from, row.series}, row);
    UsageRow& sum = found->second;
    sum.begin = from;
    sum.span = step.to;
    if (is_new) return;
    sum.last_used = std::max(sum.last_used, row.last_used);
    AddUsage(row.sums, sum.sums);
  });
  if (done.ok()) done = DeleteRows(database_, step.from, begin, end);
  for (const auto& [key, row] : wide) {
    if (done.ok()) done = Add(row);
  }
  if (!done.ok()) return done;
  return true;
}

}  // namespace weir::controlplane
