#include "dataplane/attempt/error_event.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

namespace weir::dataplane {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

struct ErrorName {
  std::string_view name;
  int status;
};

// OpenAI's codes first, then the types of Anthropic, which are its statuses'
// names, and of OpenAI, which are less telling; then Google's statuses.
constexpr ErrorName kNames[] = {
    {"context_length_exceeded", 400},
    {"invalid_api_key", 401},
    {"insufficient_quota", 402},
    {"billing_hard_limit_reached", 402},
    {"model_not_found", 404},
    {"rate_limit_exceeded", 429},
    {"invalid_request_error", 400},
    {"authentication_error", 401},
    {"billing_error", 402},
    {"permission_error", 403},
    {"not_found_error", 404},
    {"request_too_large", 413},
    {"rate_limit_error", 429},
    {"api_error", 500},
    {"server_error", 500},
    {"timeout_error", 504},
    {"overloaded_error", 529},
    {"INVALID_ARGUMENT", 400},
    {"FAILED_PRECONDITION", 400},
    {"OUT_OF_RANGE", 400},
    {"UNAUTHENTICATED", 401},
    {"PERMISSION_DENIED", 403},
    {"NOT_FOUND", 404},
    {"RESOURCE_EXHAUSTED", 429},
    {"INTERNAL", 500},
    {"UNAVAILABLE", 503},
    {"DEADLINE_EXCEEDED", 504},
};

std::string_view WithoutBlanksBefore(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text;
}

// What stands at the begin of `text`: a string without its quotes, or a number.
std::string_view Scalar(std::string_view text) {
  if (text.starts_with('"')) {
    text.remove_prefix(1);
    return text.substr(0, text.find('"'));
  }
  return text.substr(0, text.find_first_not_of("0123456789"));
}

std::optional<int> StatusNamed(std::string_view name) {
  int status = 0;
  const char* const end = name.data() + name.size();
  const auto [parsed, error] = std::from_chars(name.data(), end, status);
  if (error == std::errc() && parsed == end) {
    if (status >= 400 && status <= 599) return status;
    return std::nullopt;
  }
  for (const ErrorName& known : kNames) {
    if (name == known.name) return known.status;
  }
  return std::nullopt;
}

// By the first member called `key`, quotes included, that tells a status.
// Inside a string the quotes would be escaped.
std::optional<int> StatusBy(std::string_view data, std::string_view key) {
  for (std::size_t at = data.find(key); at != std::string_view::npos;
       at = data.find(key, at + 1)) {
    const std::string_view colon =
        WithoutBlanksBefore(data.substr(at + key.size()));
    if (!colon.starts_with(':')) continue;
    const auto status =
        StatusNamed(Scalar(WithoutBlanksBefore(colon.substr(1))));
    if (status.has_value()) return status;
  }
  return std::nullopt;
}

}  // namespace

int StatusOfErrorEvent(std::string_view data) {
  for (const std::string_view key :
       {R"("code")", R"("status_code")", R"("status")", R"("type")"}) {
    if (const auto status = StatusBy(data, key)) return *status;
  }
  return 500;
}

}  // namespace weir::dataplane
