#include "dataplane/trace/span_build.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/dialect/canonical/usage.h"
#include "dataplane/access/access_record.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "dataplane/trace/span_writer.h"
#include "dataplane/trace/traced_request.h"
#include "dataplane/trace_context.h"

namespace weir::dataplane {
namespace {

using otlp::trace::v1::ScopeSpans;
using otlp::trace::v1::Span;

// Span.flags, beside the trace's own: it is said where the parent is; and it is
// another process.
constexpr std::uint32_t kSampledFlag = 0x01;
constexpr std::uint32_t kHasIsRemote = 0x100;
constexpr std::uint32_t kIsRemote = 0x200;

// The code of a request that nobody waited for.
constexpr std::string_view kClientGone = "client_gone";

// What of the API a request is of: its path without what a client wrote into
// it, and what it does, by the names that gen_ai.operation.name may have (the
// last two are weir's).
struct EndpointWords {
  std::string_view route;
  std::string_view operation;
};

EndpointWords WordsOf(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kChatCompletions:
      return {"/v1/chat/completions", "chat"};
    case Endpoint::kCompletions:
      return {"/v1/completions", "text_completion"};
    case Endpoint::kEmbeddings:
      return {"/v1/embeddings", "embeddings"};
    case Endpoint::kResponses:
      return {"/v1/responses", "chat"};
    case Endpoint::kMessages:
      return {"/v1/messages", "chat"};
    case Endpoint::kCountTokens:
      return {{}, "count_tokens"};
    case Endpoint::kGenerateContent:
      return {"/models/{model}:generateContent", "generate_content"};
    case Endpoint::kStreamGenerateContent:
      return {"/models/{model}:streamGenerateContent", "generate_content"};
    case Endpoint::kListModels:
      return {"/v1/models", {}};
    case Endpoint::kGetModel:
      return {"/v1/models/{model}", {}};
    case Endpoint::kPassThrough:
      return {"/v1/{path}", "pass_through"};
    case Endpoint::kHealth:
    case Endpoint::kHealthFull:
    case Endpoint::kServerOptions:
    case Endpoint::kUnknown:
      break;
  }
  return {};
}

std::string_view NameOf(http1::Method method) {
  switch (method) {
    case http1::Method::kGet:
      return "GET";
    case http1::Method::kHead:
      return "HEAD";
    case http1::Method::kPost:
      return "POST";
    case http1::Method::kPut:
      return "PUT";
    case http1::Method::kPatch:
      return "PATCH";
    case http1::Method::kDelete:
      return "DELETE";
    case http1::Method::kOptions:
      return "OPTIONS";
  }
  return {};
}

// By the names that gen_ai.provider.name may have.
std::string_view VendorOf(const dialect::Dialect& dialect) {
  return dialect.name() == "gemini" ? "gcp.gemini" : dialect.name();
}

// Of what failed an attempt, few enough to count by.
std::string ErrorTypeOf(const TracedAttempt& attempt) {
  if (attempt.status >= 400) return absl::StrCat(attempt.status);
  switch (attempt.held_against) {
    case HeldAgainst::kEndpoint:
      return "endpoint";
    case HeldAgainst::kCredential:
      return "credential";
    case HeldAgainst::kRateLimit:
      return "rate_limit";
    case HeldAgainst::kTarget:
      return "target";
    case HeldAgainst::kClient:
      return "client";
    case HeldAgainst::kNobody:
    case HeldAgainst::kNobodyItSucceeded:
      break;
  }
  // The client left, or another attempt was quicker: no error of anybody's.
  return {};
}

std::string_view NameOf(RaceRole role) {
  switch (role) {
    case RaceRole::kAlone:
      break;
    case RaceRole::kFirst:
      return "first";
    case RaceRole::kHedge:
      return "hedge";
  }
  return {};
}

std::string BytesOfHex(std::string_view hex) {
  return absl::HexStringToBytes(std::string(hex));
}

std::string SpanBytes(std::uint64_t span) {
  std::string bytes(8, '\0');
  for (std::size_t i = bytes.size(); i > 0; --i, span >>= 8) {
    bytes[i - 1] = static_cast<char>(span & 0xff);
  }
  return bytes;
}

// The last to be asked whose answer a client may have had.
const TracedAttempt* AnsweredOf(const TracedRequest& request) {
  if (!request.relay_began_at.has_value()) return nullptr;
  const TracedAttempt* answered = nullptr;
  for (const TracedAttempt& attempt : request.attempts) {
    if (attempt.held_against == HeldAgainst::kNobodyItSucceeded ||
        attempt.held_against == HeldAgainst::kClient) {
      answered = &attempt;
    }
  }
  return answered;
}

// Writes the spans of one request.
class Spans {
 public:
  Spans(const TracedRequest& request, ScopeSpans& spans)
      : request_(request),
        record_(request.record),
        trace_id_(BytesOfHex(record_.trace->trace_id())),
        request_span_(BytesOfHex(record_.trace->span_id())),
        spans_(spans) {}

  void Write() {
    WriteRequest();
    if (request_.plan.has_value()) WritePlan(*request_.plan);
    for (std::size_t i = 0; i < request_.attempts.size(); ++i) WriteAttempt(i);
    if (request_.relay_began_at.has_value()) WriteRelay();
  }

 private:
  absl::Time OnWall(absl::Time now) const {
    return record_.at + (now - request_.received_at);
  }
  absl::Time End() const { return record_.at + record_.took; }

  Span& Add(std::string_view name, Span::SpanKind kind) {
    Span& span = *spans_.add_spans();
    span.set_trace_id(trace_id_);
    span.set_name(std::string(name));
    span.set_kind(kind);
    span.set_flags(kSampledFlag | kHasIsRemote);
    return span;
  }
  // A stage of the request. The ids of plan and relay, of which nobody else
  // hears, follow from the request's own.
  Span& AddStage(std::string_view name, Span::SpanKind kind,
                 const std::string& id) {
    Span& span = Add(name, kind);
    span.set_span_id(id);
    span.set_parent_span_id(request_span_);
    return span;
  }
  // `turn`: 1 or 2.
  std::string DerivedId(char turn) const {
    std::string id = request_span_;
    // Not the request's, nor zero: it keeps the last bit, which is set.
    id.back() = static_cast<char>(id.back() ^ (turn << 1));
    return id;
  }

  void WriteRequest() {
    Span& span = Add("request", Span::SPAN_KIND_SERVER);
    span.set_span_id(request_span_);
    if (!record_.trace->parent_id().empty()) {
      span.set_parent_span_id(BytesOfHex(record_.trace->parent_id()));
      span.set_flags(span.flags() | kIsRemote);
    }
    SpanWriter writer(span);
    writer.SetTimes(record_.at, End());
    const EndpointWords words = WordsOf(request_.endpoint);
    if (request_.method.has_value()) {
      writer.Text("http.request.method", NameOf(*request_.method));
    }
    writer.Text("http.route", words.route)
        .Text("gen_ai.operation.name", words.operation)
        .Text("gen_ai.request.model", record_.model)
        .Text("weir.request_id", record_.id.text())
        .Text("weir.client_key", record_.client_key)
        .Text("weir.provider", record_.provider)
        .Number("weir.attempts", record_.attempts)
        .Decimal("weir.overhead_ms",
                 absl::ToDoubleMilliseconds(record_.overhead));
    if (const TracedAttempt* answered = AnsweredOf(request_)) {
      writer.Text("gen_ai.provider.name", VendorOf(*answered->dialect))
          .Text("gen_ai.response.model", answered->upstream_model);
    }
    // Without one the client left before it had an answer.
    if (record_.status != 0) {
      writer.Number("http.response.status_code", record_.status);
    }
    WriteUsage(writer);
    WriteError(writer);
  }

  void WriteUsage(SpanWriter& writer) const {
    if (record_.usage.has_value()) {
      if (const auto input = InputOf(*record_.usage)) {
        writer.Number("gen_ai.usage.input_tokens", *input);
      }
      if (const auto output = OutputOf(*record_.usage)) {
        writer.Number("gen_ai.usage.output_tokens", *output);
      }
    }
    if (record_.cost.has_value()) {
      writer.Decimal("weir.cost_usd", *record_.cost);
    }
  }

  // As the conventions have it, what a client did wrong is an error of its own
  // span and not of the server's; nor is that it left.
  void WriteError(SpanWriter& writer) const {
    if (!record_.failed()) return;
    const std::string type = record_.error_code.empty()
                                 ? absl::StrCat(record_.status)
                                 : record_.error_code;
    writer.Text("error.type", type);
    const bool refused = record_.status >= 400 && record_.status < 500;
    if (!refused && type != kClientGone) writer.SetError(type);
  }

  void WritePlan(const TracedPlan& plan) {
    SpanWriter writer(AddStage("plan", Span::SPAN_KIND_INTERNAL, DerivedId(1)));
    writer.SetTimes(OnWall(plan.began_at), OnWall(plan.ended_at));
    writer
        .Number("weir.plan.candidates",
                static_cast<std::int64_t>(plan.candidates))
        .Flag("weir.plan.by_affinity", plan.by_affinity);
  }

  void WriteAttempt(std::size_t index) {
    const TracedAttempt& attempt = request_.attempts[index];
    SpanWriter writer(
        AddStage("attempt", Span::SPAN_KIND_CLIENT, SpanBytes(attempt.span)));
    const absl::Time began = OnWall(attempt.began_at);
    writer.SetTimes(began, began + attempt.took);
    writer.Text("gen_ai.operation.name", WordsOf(request_.endpoint).operation)
        .Text("gen_ai.provider.name", VendorOf(*attempt.dialect))
        .Text("gen_ai.request.model", attempt.upstream_model)
        .Text("server.address", attempt.host)
        .Number("server.port", attempt.port)
        .Text("weir.provider", attempt.provider)
        .Text("weir.race", NameOf(attempt.role));
    if (!attempt.upstream_model.empty()) {
      writer.Text("weir.target",
                  absl::StrCat(attempt.provider, "/", attempt.upstream_model));
    }
    if (attempt.status != 0) {
      writer.Number("http.response.status_code", attempt.status);
    }
    if (index > 0) {
      writer.Number("http.request.resend_count",
                    static_cast<std::int64_t>(index));
      if (attempt.role != RaceRole::kHedge) {
        writer.Text("weir.retry_reason", request_.attempts[index - 1].reason);
      }
    }
    const std::string type = ErrorTypeOf(attempt);
    if (!type.empty()) {
      writer.Text("error.type", type).SetError(attempt.reason);
    } else {
      // Who lost a race, or whose client left.
      writer.Text("weir.ended_by", attempt.reason);
    }
  }

  void WriteRelay() {
    SpanWriter writer(
        AddStage("relay", Span::SPAN_KIND_INTERNAL, DerivedId(2)));
    writer.SetTimes(OnWall(*request_.relay_began_at), End());
    writer.Flag("weir.stream", record_.is_stream);
    if (record_.is_stream) {
      writer.Decimal("gen_ai.response.time_to_first_chunk",
                     absl::ToDoubleSeconds(*request_.relay_began_at -
                                           request_.received_at));
    }
    writer.Number("weir.sent_bytes",
                  static_cast<std::int64_t>(record_.sent_bytes));
    writer.Text("error.type", record_.error_code);
    if (!record_.error_code.empty() && record_.error_code != kClientGone) {
      writer.SetError(record_.error_code);
    }
  }

  const TracedRequest& request_;
  const AccessRecord& record_;
  const std::string trace_id_;
  const std::string request_span_;
  ScopeSpans& spans_;
};

void AddText(std::string_view key, std::string_view value,
             otlp::resource::v1::Resource& resource) {
  if (value.empty()) return;
  auto& attribute = *resource.add_attributes();
  attribute.set_key(std::string(key));
  attribute.mutable_value()->set_string_value(std::string(value));
}

}  // namespace

otlp::collector::trace::v1::ExportTraceServiceRequest BuildExport(
    const TraceResource& resource, std::span<const TracedRequest> requests) {
  otlp::collector::trace::v1::ExportTraceServiceRequest message;
  auto& of_resource = *message.add_resource_spans();
  AddText("service.name", "weir-dataplane", *of_resource.mutable_resource());
  AddText("service.version", resource.build_version,
          *of_resource.mutable_resource());
  AddText("service.instance.id", resource.node_id,
          *of_resource.mutable_resource());
  AddText("weir.region", resource.region, *of_resource.mutable_resource());
  ScopeSpans& spans = *of_resource.add_scope_spans();
  spans.mutable_scope()->set_name("weir");
  spans.mutable_scope()->set_version(resource.build_version);
  for (const TracedRequest& request : requests) Spans(request, spans).Write();
  return message;
}

}  // namespace weir::dataplane
