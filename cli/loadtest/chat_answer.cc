#include "cli/loadtest/chat_answer.h"

#include <simdjson.h>

#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/concat.h"

namespace weir::loadtest {
namespace {

namespace canonical = dialect::canonical;

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;

bool IsContent(const canonical::AnswerEvent& event) {
  return std::holds_alternative<canonical::TextDelta>(event) ||
         std::holds_alternative<canonical::RefusalDelta>(event) ||
         std::holds_alternative<canonical::ThinkingDelta>(event) ||
         std::holds_alternative<canonical::ToolCallBegun>(event);
}

std::optional<int> Attempts(const net::HttpAnswer& answer) {
  const std::string_view text = answer.Header("x-weir-attempts");
  int attempts = 0;
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), attempts);
  if (error != std::errc() || stop != text.data() + text.size() ||
      attempts < 0) {
    return std::nullopt;
  }
  return attempts;
}

// `error.code` of an error's body; empty where it has none.
std::string CodeIn(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  std::string_view code;
  if (parser.parse(simdjson::padded_string(body)).get(json) !=
          simdjson::SUCCESS ||
      json.at_pointer("/error/code").get(code) != simdjson::SUCCESS) {
    return "";
  }
  return std::string(code);
}

}  // namespace

ChatAnswer::ChatAnswer(dialect::Delivery delivery)
    : delivery_(delivery), reader_(dialect::OpenAi().NewAnswerReader()) {}

void ChatAnswer::OnBody(int status, std::string_view body,
                        absl::Duration since_due) {
  if (status != kOk || delivery_ != dialect::Delivery::kStream) return;
  ReadStream(body, since_due);
}

void ChatAnswer::ReadStream(std::string_view body, absl::Duration since_due) {
  if (!failure_.empty()) return;
  events_.Feed(body.substr(std::exchange(read_, body.size())));
  while (const auto data = events_.Next()) {
    if (data->empty() || !failure_.empty()) continue;
    const absl::Status read = reader_->ReadEvent(*data, taken_);
    if (!read.ok()) failure_ = std::string(read.message());
    Take(since_due);
  }
}

void ChatAnswer::Take(absl::Duration since_due) {
  for (const canonical::AnswerEvent& event : taken_) {
    if (IsContent(event) && !first_token_.has_value()) {
      first_token_ = since_due;
    } else if (const auto* counted = std::get_if<canonical::Counted>(&event)) {
      canonical::Overlay(counted->usage, usage_);
    } else if (const auto* failed = std::get_if<canonical::Failed>(&event)) {
      failure_ = Concat("the stream failed: ", failed->message);
    } else if (std::holds_alternative<canonical::Ended>(event)) {
      ended_ = true;
    }
  }
  taken_.clear();
}

Fate ChatAnswer::Refused(const net::HttpAnswer& answer) const {
  const bool is_provider = answer.Header("x-weir-error-source") == "provider";
  Fate fate{.fault = is_provider ? Fault::kProvider : Fault::kGateway,
            .failure = Concat("HTTP ", answer.status),
            .attempts = Attempts(answer)};
  const std::string code = CodeIn(answer.body);
  if (!code.empty()) Append(fate.failure, " ", code);
  fate.is_final = !is_provider &&
                  (answer.status == kUnauthorized ||
                   answer.status == kForbidden || answer.status == kNotFound);
  return fate;
}

std::string ChatAnswer::Flaw(const net::HttpAnswer& answer) {
  if (delivery_ == dialect::Delivery::kWhole) {
    const absl::Status read = reader_->ReadWhole(answer.body, taken_);
    if (!read.ok()) return std::string(read.message());
    Take(absl::ZeroDuration());
    first_token_.reset();  // It came with all the others.
  }
  if (!failure_.empty()) return failure_;
  return ended_ ? "" : "the stream has no end";
}

Fate ChatAnswer::End(const absl::StatusOr<net::HttpAnswer>& answer,
                     const std::string& model) {
  if (!answer.ok()) {
    return {.fault = Fault::kUnknown,
            .failure = std::string(answer.status().message()),
            .first_token = first_token_,
            .usage = usage_};
  }
  if (answer->status != kOk) return Refused(*answer);
  Fate fate{.failure = Flaw(*answer),
            .attempts = Attempts(*answer),
            .first_token = first_token_,
            .usage = usage_};
  const std::string_view served = answer->Header("x-weir-model");
  if (fate.failure.empty() && !served.empty() && served != model) {
    fate.failure = Concat("answered by ", served, " instead");
  }
  if (!fate.failure.empty()) fate.fault = Fault::kUnknown;
  return fate;
}

}  // namespace weir::loadtest
