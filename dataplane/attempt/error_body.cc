#include "dataplane/attempt/error_body.h"

#include <cstddef>
#include <string_view>

namespace weir::dataplane {
namespace {

struct Sign {
  // As it stands in the body, quotes included.
  std::string_view text;
  ErrorKind kind;
};

// The first that is found counts.
constexpr Sign kCodes[] = {
    {R"("insufficient_quota")", ErrorKind::kCredential},
    {R"("billing_hard_limit_reached")", ErrorKind::kCredential},
    {R"("billing_error")", ErrorKind::kCredential},
    {R"("invalid_api_key")", ErrorKind::kCredential},
    {R"("API_KEY_INVALID")", ErrorKind::kCredential},
    {R"("authentication_error")", ErrorKind::kCredential},
    {R"("UNAUTHENTICATED")", ErrorKind::kCredential},
    {R"("permission_error")", ErrorKind::kCredential},
    {R"("PERMISSION_DENIED")", ErrorKind::kCredential},
    {R"("model_not_found")", ErrorKind::kNoSuchModel},
    {R"("DeploymentNotFound")", ErrorKind::kNoSuchModel},
    {R"("NotFoundError")", ErrorKind::kNoSuchModel},
    {R"("context_length_exceeded")", ErrorKind::kTooLong},
};
// How a `message` begins, of those who have no code for it. That a request is
// too long is said at its beginning as well, and believing a client who makes
// an error say so costs nothing: its request goes to a larger model.
constexpr Sign kMessages[] = {
    {R"("Your credit balance is too low)", ErrorKind::kCredential},
    {R"("This model's maximum context length)", ErrorKind::kTooLong},
    {R"("prompt is too long)", ErrorKind::kTooLong},
    // Anthropic's and Gemini's 404s are of files and batches, too.
    {R"("model: )", ErrorKind::kNoSuchModel},
    {R"("models/)", ErrorKind::kNoSuchModel},
    {R"("input length and `max_tokens` exceed context limit)",
     ErrorKind::kTooLong},
    {R"("The input token count)", ErrorKind::kTooLong},
};

std::string_view WithoutBlanksBehind(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view()
                                        : text.substr(0, last + 1);
}

// The JSON key, quotes included, of the value that begins behind `before`;
// empty where none does. Inside a string the quotes would be escaped.
std::string_view KeyBefore(std::string_view before) {
  before = WithoutBlanksBehind(before);
  if (!before.ends_with(':')) return {};
  before.remove_suffix(1);
  before = WithoutBlanksBehind(before);
  if (!before.ends_with('"')) return {};
  const std::size_t begin = before.rfind('"', before.size() - 2);
  if (before.size() < 2 || begin == std::string_view::npos) return {};
  return before.substr(begin);
}

bool IsCodeKey(std::string_view key) {
  return key == R"("code")" || key == R"("type")" || key == R"("status")" ||
         key == R"("reason")";
}
bool IsMessageKey(std::string_view key) { return key == R"("message")"; }

// Whether `text` begins a value in `body` whose key `is_key` accepts.
bool HasValue(std::string_view body, std::string_view text,
              bool (*is_key)(std::string_view)) {
  for (std::size_t at = body.find(text); at != std::string_view::npos;
       at = body.find(text, at + 1)) {
    if (is_key(KeyBefore(body.substr(0, at)))) return true;
  }
  return false;
}

}  // namespace

ErrorKind KindOfError(std::string_view body) {
  for (const Sign& sign : kCodes) {
    if (HasValue(body, sign.text, IsCodeKey)) return sign.kind;
  }
  for (const Sign& sign : kMessages) {
    if (HasValue(body, sign.text, IsMessageKey)) return sign.kind;
  }
  return ErrorKind::kUnknown;
}

}  // namespace weir::dataplane
