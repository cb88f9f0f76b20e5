#include "dataplane/attempt/upstream_head.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include "common/dialect/dialect.h"
#include "common/dialect/gemini/model_path.h"
#include "common/text_writer.h"
#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/query.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

// Behind a member of the outermost object.
constexpr std::string_view kStreamOptions =
    R"(,"stream_options":{"include_usage":true})";

bool IsPassedOn(http1::HeaderId id) {
  return id == http1::HeaderId::kOther || id == http1::HeaderId::kContentType ||
         id == http1::HeaderId::kAnthropicVersion;
}

bool HasBody(http1::Method method) {
  return method == http1::Method::kPost || method == http1::Method::kPut ||
         method == http1::Method::kPatch;
}

// What is said of the caller and of the trace, in every dialect alike.
bool IsOfEveryDialect(const http1::Header& header) {
  constexpr std::string_view kNames[] = {"user-agent", "tracestate", "baggage"};
  return header.id() == http1::HeaderId::kOther &&
         std::any_of(std::begin(kNames), std::end(kNames),
                     [&header](std::string_view name) {
                       return http1::EqualsIgnoringCase(header.name(), name);
                     });
}

// Answers are read on their way: compressed ones could not be.
void AppendOurs(const Request& request, const OwnParts& own, TextWriter& out) {
  if (request.trace.has_value()) {
    out.Write("traceparent: ", request.trace->Within(own.span).text(), "\r\n");
  }
  out.Write("accept-encoding: identity\r\nx-request-id: ", request.id.text(),
            "\r\n\r\n");
}

// What is asked of another dialect's provider is a chat, or how long it is.
std::string ForeignPath(const Request& request, const dialect::Dialect& dialect,
                        std::string_view model) {
  if (request.endpoint == Endpoint::kCountTokens) {
    return dialect.token_count()->Path(model);
  }
  return dialect.ChatPath(model, request.wants_stream
                                     ? dialect::Delivery::kStream
                                     : dialect::Delivery::kWhole);
}

void AppendPath(const Request& request, std::string_view path,
                const TargetEntry* target, TextWriter& out) {
  const std::string_view model = request.model_in_path;
  if (model.empty() || target == nullptr) {
    out.Write(path);
    return;
  }
  const auto behind =
      static_cast<std::size_t>(model.data() - path.data()) + model.size();
  out.Write(dialect::GeminiModelPath(target->upstream_model),
            path.substr(behind));
}

}  // namespace

UpstreamBody WholeBody(std::string_view body) {
  UpstreamBody result{{}, body.size()};
  result.pieces[0] = boost::asio::buffer(body.data(), body.size());
  return result;
}

UpstreamBody SpliceBody(const Request& request, const TargetEntry* target) {
  const std::string_view body = request.body;
  if (target == nullptr || !request.model_span.has_value()) {
    return WholeBody(body);
  }
  UpstreamBody result{{}, body.size()};
  const ModelSpan span = *request.model_span;
  const std::string_view options =
      request.asks_for_usage ? kStreamOptions : std::string_view();
  const std::string_view tail = body.substr(span.end);
  result.pieces = {boost::asio::buffer(body.data(), span.begin),
                   boost::asio::buffer(target->upstream_model_json.data(),
                                       target->upstream_model_json.size()),
                   boost::asio::buffer(options.data(), options.size()),
                   boost::asio::buffer(tail.data(), tail.size())};
  result.size = body.size() - (span.end - span.begin) +
                target->upstream_model_json.size() + options.size();
  return result;
}

LengthPlace WriteUpstreamHead(const Request& request,
                              std::string_view upstream_path,
                              const ProviderEntry& provider,
                              const TargetEntry* target, const OwnParts& own,
                              std::string& text) {
  const http1::RequestHead& head = *request.head;
  TextWriter out(text);
  out.Write(head.method_text, " ", provider.dial.url.path);
  AppendPath(request, upstream_path, target, out);
  if (!head.query.empty()) {
    std::string query;
    http1::AppendQueryWithout(head.query, "key", query);
    out.Write(query);
  }
  out.Write(" HTTP/1.1\r\nhost: ", provider.host_header, "\r\n",
            own.credential);
  const std::string_view version = provider.dialect->VersionHeaders();
  if (!version.empty() &&
      head.Find(http1::HeaderId::kAnthropicVersion) == nullptr) {
    out.Write(version);
  }
  LengthPlace length;
  if (HasBody(head.method)) {
    out.Write("content-length: ");
    length.begin = out.size();
    out.Write(own.body_bytes);
    length.digits = out.size() - length.begin;
    out.Write("\r\n");
  }
  for (std::size_t i = 0; i < head.header_count; ++i) {
    if (IsPassedOn(head.headers[i].id())) out.Write(head.headers[i].line());
  }
  AppendOurs(request, own, out);
  return length;
}

void WriteForeignHead(const Request& request, const ProviderEntry& provider,
                      const TargetEntry& target, const OwnParts& own,
                      std::string& text) {
  TextWriter out(text);
  out.Write("POST ", provider.dial.url.path,
            ForeignPath(request, *provider.dialect, target.upstream_model),
            " HTTP/1.1\r\nhost: ", provider.host_header, "\r\n", own.credential,
            provider.dialect->VersionHeaders(),
            "content-type: application/json\r\ncontent-length: ",
            own.body_bytes, "\r\n");
  const http1::RequestHead& head = *request.head;
  for (std::size_t i = 0; i < head.header_count; ++i) {
    if (IsOfEveryDialect(head.headers[i])) out.Write(head.headers[i].line());
  }
  AppendOurs(request, own, out);
}

}  // namespace weir::dataplane
