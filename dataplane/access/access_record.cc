#include "dataplane/access/access_record.h"

#include <cmath>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/json_writer.h"

namespace weir::dataplane {
namespace {

using dialect::JsonWriter;
using dialect::canonical::Provenance;
using dialect::canonical::Usage;

std::string_view NameOf(Provenance provenance) {
  switch (provenance) {
    case Provenance::kReported:
      return "reported";
    case Provenance::kEstimated:
      return "estimated";
    case Provenance::kPartial:
      return "partial";
    case Provenance::kCancelled:
      return "cancelled";
  }
  return "estimated";
}

void WriteName(std::string_view key, std::string_view name, JsonWriter& json) {
  if (!name.empty()) json.Key(key).String(name);
}

// In the units and to the digits that people read.
void WriteMilliseconds(std::string_view key, absl::Duration duration,
                       JsonWriter& json) {
  const auto us = static_cast<double>(absl::ToInt64Microseconds(duration));
  json.Key(key).Decimal(us / 1000);
}

void WriteUsage(const Usage& usage, JsonWriter& json) {
  json.Key("input_tokens").Number(InputOf(usage).value_or(0));
  json.Key("cached_input_tokens").Number(usage.cache_read.value_or(0));
  json.Key("output_tokens").Number(OutputOf(usage).value_or(0));
  json.Key("usage").String(NameOf(usage.provenance));
}

}  // namespace

void AppendJsonLine(const AccessRecord& record, std::string& out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("time").String(
      absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", record.at, absl::UTCTimeZone()));
  json.Key("request_id").String(record.id.text());
  if (record.trace.has_value()) {
    json.Key("trace_id").String(record.trace->trace_id());
  }
  WriteName("client_key", record.client_key, json);
  WriteName("model", record.model, json);
  WriteName("provider", record.provider, json);
  json.Key("status").Number(record.status);
  WriteName("error", record.error_code, json);
  json.Key("attempts").Number(record.attempts);
  json.Key("stream").Bool(record.is_stream);
  if (record.usage.has_value()) WriteUsage(*record.usage, json);
  if (record.cost.has_value()) {
    // To the billionth, as x-weir-cost-usd is.
    json.Key("cost_usd").Decimal(std::round(*record.cost * 1e9) / 1e9);
  }
  WriteMilliseconds("duration_ms", record.took, json);
  WriteMilliseconds("overhead_ms", record.overhead, json);
  json.Key("received_bytes").Number(record.received_bytes);
  json.Key("sent_bytes").Number(record.sent_bytes);
  json.EndObject();
  out += '\n';
}

}  // namespace weir::dataplane
