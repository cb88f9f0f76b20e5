#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "bench/loadgen/results.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"

namespace weir::bench {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 4> kQuantiles = {
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

double Milliseconds(Nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

double Seconds(Nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string Fixed(double number, int decimals) {
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
  return text.data();
}

std::string Quoted(std::string_view name) {
  return text::Cat("\"", name, "\":");
}

std::string HistogramJson(const Histogram& histogram) {
  const auto member = [](std::string_view name, std::optional<Nanoseconds> t) {
    return text::Cat(Quoted(name), t ? Fixed(Milliseconds(*t), 4) : "null");
  };
  std::string json = text::Cat("{\"count\":", histogram.count(), ",",
                               member("mean", histogram.Mean()));
  for (const auto& [name, share] : kQuantiles) {
    text::Append(json, ",", member(name, histogram.Quantile(share)));
  }
  return text::Cat(json, ",", member("max", histogram.Max()), "}");
}

double PerSecond(std::uint64_t count, Nanoseconds time) {
  return time.count() == 0 ? 0 : static_cast<double>(count) / Seconds(time);
}

// After the warm-up. Only streams have events, so those in it were theirs.
double EventsPerSecond(const KindResults& kind, const Results& results) {
  const std::uint64_t early = std::min(kind.events, results.warmup_events);
  return PerSecond(kind.events - early, results.measured);
}

std::string KindJson(const KindResults& kind, const Results& results) {
  std::string json = text::Cat("{\"requests\":", kind.requests(),
                               ",\"failed\":", kind.failed());
  for (std::size_t i = 0; i < kFates; ++i) {
    text::Append(json, ",", Quoted(NameOf(static_cast<Fate>(i))),
                 kind.fates[i]);
  }
  text::Append(json, ",\"rps\":",
               Fixed(PerSecond(kind.latency.count(), results.measured), 2),
               ",\"events\":", kind.events,
               ",\"events_per_s\":", Fixed(EventsPerSecond(kind, results), 2),
               ",\"latency_ms\":", HistogramJson(kind.latency),
               ",\"first_event_ms\":", HistogramJson(kind.first_event), "}");
  return json;
}

template <typename Map, typename Name>
std::string CountsJson(const Map& counts, Name name) {
  std::string json;
  for (const auto& [key, count] : counts) {
    text::Append(json, json.empty() ? "" : ",", name(key), ":", count);
  }
  return text::Cat("{", json, "}");
}

std::string FailuresJson(const Results& results) {
  std::string json;
  for (const Results::Failure& failure : results.failures) {
    text::Append(json, json.empty() ? "" : ",",
                 "{\"at_s\":", Fixed(Seconds(failure.at), 4), ",\"kind\":\"",
                 failure.kind == Kind::kSse ? "sse" : "json", "\",\"fate\":\"",
                 NameOf(failure.fate),
                 "\",\"detail\":", text::JsonString(failure.detail), "}");
  }
  return text::Cat("[", json, "]");
}

void AppendKind(const KindResults& kind, std::string_view name,
                const Results& results, std::string& out) {
  if (kind.requests() == 0) return;
  text::Append(out, name, ": ", kind.requests(), " requests, ",
               kind.of(Fate::kOk), " ok, ", kind.failed(), " failed, ",
               Fixed(PerSecond(kind.latency.count(), results.measured), 1),
               " a second\n");
  for (std::size_t i = 1; i < kFates; ++i) {
    if (kind.fates[i] == 0) continue;
    text::Append(out, "  ", NameOf(static_cast<Fate>(i)), ": ", kind.fates[i],
                 "\n");
  }
  if (kind.events > 0) {
    text::Append(out, "  events: ", kind.events, ", ",
                 Fixed(EventsPerSecond(kind, results), 1), " a second\n");
  }
}

void AppendTimes(const Histogram& histogram, std::string_view name,
                 std::string& out) {
  if (histogram.count() == 0) return;
  text::Append(out, "  ", name, ", ms:");
  for (const auto& [label, share] : kQuantiles) {
    text::Append(out, " ", label, " ",
                 Fixed(Milliseconds(*histogram.Quantile(share)), 3));
  }
  text::Append(out, " max ", Fixed(Milliseconds(*histogram.Max()), 3), "\n");
}

}  // namespace

std::string ToJson(const Results& results) {
  const KindResults& json = results.of(Kind::kJson);
  const KindResults& sse = results.of(Kind::kSse);
  return text::Cat(
      "{\"requests\":", json.requests() + sse.requests(),
      ",\"ok\":", json.of(Fate::kOk) + sse.of(Fate::kOk),
      ",\"failed\":", json.failed() + sse.failed(),
      ",\"unsent\":", results.unsent,
      ",\"warmup_s\":", Fixed(Seconds(results.warmup), 3),
      ",\"measured_s\":", Fixed(Seconds(results.measured), 3),
      ",\"connections_opened\":", results.connections_opened,
      ",\"idle_closes\":", results.idle_closes,
      ",\"json\":", KindJson(json, results),
      ",\"sse\":", KindJson(sse, results), ",\"statuses\":",
      CountsJson(results.statuses,
                 [](int status) { return text::Cat("\"", status, "\""); }),
      ",\"header_values\":",
      CountsJson(results.header_values, text::JsonString),
      ",\"failures\":", FailuresJson(results), "}");
}

std::string ToTable(const Results& results) {
  std::string out;
  for (const auto& [kind, name] :
       {std::pair(Kind::kJson, "json"), std::pair(Kind::kSse, "sse")}) {
    const KindResults& of = results.of(kind);
    AppendKind(of, name, results, out);
    AppendTimes(of.first_event, "first event", out);
    AppendTimes(of.latency, "latency", out);
  }
  text::Append(out, "connections: ", results.connections_opened, " opened, ",
               results.idle_closes,
               " closed by the server "
               "between requests; ",
               results.unsent, " requests not sent\n");
  for (const auto& [value, count] : results.header_values) {
    text::Append(out, "  ", value, ": ", count, "\n");
  }
  for (const Results::Failure& failure : results.failures) {
    text::Append(out, "  at ", Fixed(Seconds(failure.at), 3),
                 " s: ", NameOf(failure.fate), " ", failure.detail, "\n");
  }
  return out;
}

}  // namespace weir::bench
