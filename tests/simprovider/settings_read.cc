#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "bench/text/text.h"
#include "tests/simprovider/json_fields.h"
#include "tests/simprovider/settings_json.h"

namespace weir::simprovider {
namespace {

constexpr std::int64_t kMaxBytes = 1 << 30;
constexpr std::int64_t kMaxEvents = 1 << 30;
constexpr std::int64_t kMaxCalls = 100;
constexpr double kMaxRate = 1e9;

using Fields = std::vector<JsonField>;

absl::StatusOr<std::shared_ptr<std::atomic<std::int64_t>>> ReadCount(
    JsonValue value) {
  const absl::StatusOr<std::int64_t> count = ReadInteger(value, 0, kMaxEvents);
  if (!count.ok()) return count.status();
  return std::make_shared<std::atomic<std::int64_t>>(*count);
}

absl::StatusOr<std::string> ReadJson(JsonValue value) {
  return simdjson::minify(value);
}

// A body may be given as text or as JSON.
absl::StatusOr<std::string> ReadBody(JsonValue value) {
  return value.is_string() ? ReadString(value) : ReadJson(value);
}

absl::StatusOr<std::vector<std::string>> ReadStrings(JsonValue value) {
  simdjson::dom::array items;
  if (value.get(items) != simdjson::SUCCESS) {
    return absl::InvalidArgumentError("must be a list of strings");
  }
  std::vector<std::string> strings;
  for (const JsonValue item : items) {
    absl::StatusOr<std::string> text = ReadString(item);
    if (!text.ok()) return text.status();
    strings.push_back(*std::move(text));
  }
  return strings;
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadHeaders(
    JsonValue value) {
  simdjson::dom::object members;
  if (value.get(members) != simdjson::SUCCESS) {
    return absl::InvalidArgumentError("must be an object of strings");
  }
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& [name, text] : members) {
    absl::StatusOr<std::string> header = ReadString(text);
    if (!header.ok()) {
      return absl::InvalidArgumentError(text::Cat(
          "header '", std::string_view(name), "' ", header.status().message()));
    }
    headers.emplace_back(std::string_view(name), *std::move(header));
  }
  return headers;
}

absl::StatusOr<Latency> ReadLatency(JsonValue value) {
  const absl::StatusOr<std::string> text = ReadString(value);
  if (!text.ok()) return text.status();
  return Latency::Parse(*text);
}

absl::StatusOr<TruncateFault::End> ReadEnd(JsonValue value) {
  const absl::StatusOr<std::string> text = ReadString(value);
  if (text.ok() && *text == "clean") return TruncateFault::End::kClean;
  if (text.ok() && *text == "abrupt") return TruncateFault::End::kAbrupt;
  return absl::InvalidArgumentError("must be clean or abrupt");
}

absl::StatusOr<CallOrder> ReadCallOrder(JsonValue value) {
  const absl::StatusOr<std::string> text = ReadString(value);
  if (text.ok() && *text == "in_turn") return CallOrder::kInTurn;
  if (text.ok() && *text == "interleaved") return CallOrder::kInterleaved;
  return absl::InvalidArgumentError("must be in_turn or interleaved");
}

absl::StatusOr<FailureForm> ReadFailureForm(JsonValue value) {
  const absl::StatusOr<std::string> text = ReadString(value);
  if (text.ok() && *text == "error") return FailureForm::kError;
  if (text.ok() && *text == "response.failed") return FailureForm::kFailed;
  return absl::InvalidArgumentError("must be error or response.failed");
}

absl::StatusOr<GarbageFault::Kind> ReadKind(JsonValue value) {
  using Kind = GarbageFault::Kind;
  static constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"not_http", Kind::kNotHttp},
      {"two_lengths", Kind::kTwoLengths},
      {"two_content_lengths", Kind::kTwoContentLengths},
      {"bad_chunk", Kind::kBadChunk},
      {"large_head", Kind::kLargeHead},
      {"two_answers", Kind::kTwoAnswers}};
  const absl::StatusOr<std::string> text = ReadString(value);
  for (const auto& [name, kind] : kKinds) {
    if (text.ok() && *text == name) return kind;
  }
  return absl::InvalidArgumentError(
      "must be not_http, two_lengths, two_content_lengths, bad_chunk, "
      "large_head or two_answers");
}

// The fields of `own` and those by which every fault is matched.
Fields WithMatch(Fields own, Match& match) {
  own.push_back({"probability", Into(match.probability, ReadNumber, 0.0, 1.0)});
  own.push_back({"count", Into(match.remaining, ReadCount)});
  own.push_back({"path", Into(match.path, ReadString)});
  own.push_back({"model", Into(match.model, ReadString)});
  return own;
}

Fields FieldsOf(StatusFault& fault) {
  return WithMatch({{"code", Into(fault.code, ReadInteger, 200, 599)},
                    {"headers", Into(fault.headers, ReadHeaders)},
                    {"body", Into(fault.body, ReadBody)}},
                   fault.match);
}

Fields FieldsOf(CutFault& fault) {
  return WithMatch(
      {{"after_bytes", Into(fault.after_bytes, ReadInteger, 0, kMaxBytes)}},
      fault.match);
}

Fields FieldsOf(TruncateFault& fault) {
  return WithMatch(
      {{"after_bytes", Into(fault.after_bytes, ReadInteger, 0, kMaxBytes)},
       {"after_events", Into(fault.after_events, ReadInteger, 0, kMaxEvents)},
       {"end", Into(fault.end, ReadEnd)}},
      fault.match);
}

Fields FieldsOf(GarbageFault& fault) {
  return WithMatch({{"kind", Into(fault.kind, ReadKind)},
                    {"bytes", Into(fault.bytes, ReadInteger, 0, kMaxBytes)}},
                   fault.match);
}

Fields FieldsOf(StreamErrorFault& fault) {
  return WithMatch(
      {{"after_events", Into(fault.after_events, ReadInteger, 0, kMaxEvents)},
       {"body", Into(fault.body, ReadJson)}},
      fault.match);
}

Fields FieldsOf(CommentsFault& fault) {
  return WithMatch({{"lines", Into(fault.lines, ReadInteger, 0, kMaxEvents)},
                    {"interval", Into(fault.interval, ReadDuration)}},
                   fault.match);
}

Fields FieldsOf(RateLimit& limit) {
  return {{"requests", Into(limit.requests, ReadInteger, 0, kMaxEvents)},
          {"window", Into(limit.window, ReadDuration)}};
}

// A setting that is an object, or null for none.
template <typename T>
JsonField Object(std::string_view name, std::optional<T>& target) {
  return {name, [&target](JsonValue value) {
            if (value.is_null()) {
              target.reset();
              return absl::OkStatus();
            }
            if (!value.is_object()) {
              return absl::InvalidArgumentError("must be an object or null");
            }
            T replacement;
            const absl::Status read = ReadFields(value, FieldsOf(replacement));
            if (read.ok()) target = std::move(replacement);
            return read;
          }};
}

// A setting that may be null for none.
template <typename T, typename Read, typename... Bounds>
JsonField Nullable(std::string_view name, std::optional<T>& target, Read read,
                   Bounds... bounds) {
  return {name,
          [&target, into = Into(target, read, bounds...)](JsonValue value) {
            if (!value.is_null()) return into(value);
            target.reset();
            return absl::OkStatus();
          }};
}

Fields FieldsOf(Settings& s) {
  return {
      // Was obeyed before the others.
      {"reset", [](JsonValue) { return absl::OkStatus(); }},
      {"latency", Into(s.latency, ReadLatency)},
      Nullable("tokens_per_second", s.tokens_per_second, ReadNumber, 0.001,
               kMaxRate),
      {"tokens", Into(s.tokens, ReadInteger, 1, 1'000'000)},
      {"tool_calls", Into(s.tool_calls, ReadInteger, 1, kMaxCalls)},
      {"call_order", Into(s.call_order, ReadCallOrder)},
      {"failure_form", Into(s.failure_form, ReadFailureForm)},
      {"cached_tokens", Into(s.cached_tokens, ReadInteger, 0, 1'000'000)},
      {"models", Into(s.models, ReadStrings)},
      Nullable("api_key", s.api_key, ReadString),
      Nullable("idle_close", s.idle_close, ReadDuration),
      Object("rate_limit", s.rate_limit),
      Object("status", s.status),
      Object("hang", s.hang),
      Object("reset_connection", s.reset_connection),
      Object("truncate", s.truncate),
      Object("garbage", s.garbage),
      Object("stream_error", s.stream_error),
      Object("comments", s.comments),
  };
}

}  // namespace

absl::StatusOr<Settings> MergeSettings(const Settings& current,
                                       const Settings& initial,
                                       std::string_view patch) {
  simdjson::dom::parser parser;
  JsonValue root;
  if (parser.parse(simdjson::padded_string(patch)).get(root) !=
      simdjson::SUCCESS) {
    return absl::InvalidArgumentError("the body is not valid JSON");
  }
  bool reset = false;
  if (JsonValue value; root["reset"].get(value) == simdjson::SUCCESS &&
                       value.get(reset) != simdjson::SUCCESS) {
    return absl::InvalidArgumentError("field 'reset': must be true or false");
  }
  Settings merged = reset ? initial : current;
  const absl::Status read = ReadFields(root, FieldsOf(merged));
  if (!read.ok()) return read;
  return merged;
}

}  // namespace weir::simprovider
