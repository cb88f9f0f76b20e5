// Request bodies: JSON to weir if and only if they are to a parser that builds
// all of it, with the same model in them; and what goes to a provider is the
// same JSON with another model.
#include <simdjson.h>

#include <boost/asio/buffer.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "common/dialect/api_error.h"
#include "dataplane/attempt/upstream_head.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/understand/body_scan.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/one_input.h"

namespace weir::fuzz {
namespace {

using dataplane::BodyScan;
using dataplane::BodyScanner;

// As deep as a tree can be had.
constexpr std::size_t kDeepest = 1024;

struct Parsed {
  simdjson::error_code error = simdjson::EMPTY;
  simdjson::dom::object object;
};

Parsed Parse(std::string_view text, simdjson::dom::parser& parser) {
  Parsed parsed;
  parsed.error = parser.parse(text.data(), text.size()).get(parsed.object);
  return parsed;
}

// JSON all the same: a number or half of a pair of \u that has no value here.
bool IsBeyondTrees(simdjson::error_code error) {
  return error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR;
}

void CheckRefused(const dialect::ApiError& error, const Parsed& parsed,
                  std::string_view body) {
  Check(error.status == 400 && !error.message.empty(), "a refusal is a 400");
  const bool is_grammar =
      error.code == "invalid_json" &&
      error.message.find("nested deeper") == std::string::npos;
  Check(!is_grammar || parsed.error != simdjson::SUCCESS,
        "what is refused as no JSON is none", body);
}

std::string Spliced(const BodyScan& scan, std::string_view body) {
  dataplane::Request request;
  request.body = body;
  if (scan.model.has_value()) request.model_span = scan.model_span;
  request.asks_for_usage = scan.stream && !scan.has_stream_options;
  const dataplane::TargetEntry target{.id = {},
                                      .provider = 0,
                                      .upstream_model = R"(up"stream)",
                                      .upstream_model_json = R"("up\"stream")",
                                      .base_weight = 1,
                                      .mode = {}};
  const dataplane::UpstreamBody spliced =
      dataplane::SpliceBody(request, &target);
  std::string text;
  for (const boost::asio::const_buffer& piece : spliced.pieces) {
    text.append(static_cast<const char*>(piece.data()), piece.size());
  }
  Check(spliced.size == text.size(), "a body has the length that it tells");
  return text;
}

void CheckSpliced(const BodyScan& scan, std::string_view body) {
  const std::string text = Spliced(scan, body);
  if (!scan.model.has_value()) {
    Check(text == body, "without a model nothing changes", text);
    return;
  }
  simdjson::dom::parser parser(simdjson::SIMDJSON_MAXSIZE_BYTES);
  const Parsed parsed = Parse(text, parser);
  Check(parsed.error == simdjson::SUCCESS, "what is spliced is JSON", text);
  std::string_view model;
  Check(parsed.object["model"].get(model) == simdjson::SUCCESS &&
            model == R"(up"stream)",
        "the provider's model is in its place", text);
  bool asks = true;
  if (scan.stream && !scan.has_stream_options) {
    asks = false;
    if (parsed.object["stream_options"]["include_usage"].get(asks) !=
        simdjson::SUCCESS) {
      asks = false;
    }
  }
  Check(asks, "the stream's usage is asked for", text);
}

void CheckTaken(const BodyScan& scan, const Parsed& parsed,
                std::string_view body) {
  if (IsBeyondTrees(parsed.error)) return;
  Check(parsed.error == simdjson::SUCCESS, "what is taken as JSON is JSON",
        body);
  std::string_view model;
  const bool has_model = parsed.object["model"].get(model) == simdjson::SUCCESS;
  Check(has_model == scan.model.has_value() &&
            (!has_model || model == *scan.model),
        "the model is what a parser finds", body);
  bool stream = false;
  if (parsed.object["stream"].get(stream) != simdjson::SUCCESS) stream = false;
  Check(stream == scan.stream, "a stream is what a parser finds", body);
  CheckSpliced(scan, body);
}

void CheckMarks(const BodyScan& scan, std::string_view body) {
  for (const std::string_view mark :
       {scan.conversation.cache_key, scan.conversation.user,
        scan.conversation.prefix}) {
    Check(mark.empty() ||
              (mark.data() >= body.data() &&
               mark.data() + mark.size() <= body.data() + body.size()),
          "marks are parts of the body");
  }
}

}  // namespace

void OneInput(std::string_view input) {
  static BodyScanner scanner;
  static simdjson::dom::parser parser;
  if (parser.allocate(input.size(), kDeepest) != simdjson::SUCCESS) return;
  const Parsed parsed = Parse(input, parser);
  const auto outcome = scanner.Scan(input);
  const auto marked = scanner.Scan(input, BodyScanner::Conversation::kFind);
  Check(outcome.index() == marked.index(), "marks change no verdict");
  if (const auto* error = dataplane::ErrorOf(outcome)) {
    CheckRefused(*error, parsed, input);
    return;
  }
  CheckTaken(std::get<BodyScan>(outcome), parsed, input);
  CheckMarks(std::get<BodyScan>(marked), input);
}

}  // namespace weir::fuzz
