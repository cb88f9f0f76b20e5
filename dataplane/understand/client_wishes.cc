#include "dataplane/understand/client_wishes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

constexpr std::string_view kProvider = "x-weir-provider";
constexpr std::string_view kClass = "x-weir-class";
constexpr std::string_view kCriticality = "x-weir-criticality";
constexpr std::string_view kComplexity = "x-weir-complexity";
constexpr std::string_view kRegion = "x-weir-region";
constexpr std::string_view kTimeout = "x-weir-timeout";
constexpr std::string_view kSession = "x-weir-session";
constexpr std::string_view kClaudeCodeSession = "x-claude-code-session-id";
constexpr std::string_view kClaudeCodeClass = "x-claude-code-request-class";
constexpr std::string_view kCodexSession = "session-id";
constexpr std::string_view kStainlessTimeout = "x-stainless-timeout";

// Titles, summaries and the like, which nobody waits for.
constexpr std::string_view kAuxiliary = "auxiliary";

// Bodies of more are long, of at most the other short.
constexpr std::size_t kLongBody = std::size_t{32} << 10;
constexpr std::size_t kShortBody = std::size_t{4} << 10;
// Tokens asked for: more are many, at most these few, or some.
constexpr std::uint64_t kManyTokens = 4096;
constexpr std::uint64_t kSomeTokens = 1024;
constexpr std::uint64_t kFewTokens = 256;

bool IsHardWork(const BodyScan& scan, std::size_t body_bytes) {
  return scan.has_reasoning || scan.has_tools || body_bytes > kLongBody ||
         scan.max_tokens.value_or(0) > kManyTokens;
}

RequestClass ClassOf(const BodyScan& scan, std::size_t body_bytes) {
  if (IsHardWork(scan, body_bytes)) return RequestClass::kComplex;
  if (scan.max_tokens.has_value() && *scan.max_tokens <= kFewTokens &&
      body_bytes <= kShortBody) {
    return RequestClass::kFast;
  }
  return RequestClass::kNormal;
}

Complexity ComplexityOf(const BodyScan& scan, std::size_t body_bytes) {
  if (scan.has_media) return Complexity::kMultimodal;
  if (IsHardWork(scan, body_bytes)) return Complexity::kComplex;
  if (body_bytes <= kShortBody && scan.max_tokens.value_or(0) <= kSomeTokens) {
    return Complexity::kSimple;
  }
  return Complexity::kMedium;
}

std::optional<RequestClass> ParseClass(std::string_view text) {
  if (text == "fast") return RequestClass::kFast;
  if (text == "normal") return RequestClass::kNormal;
  if (text == "complex") return RequestClass::kComplex;
  return std::nullopt;
}

std::optional<Complexity> ParseComplexity(std::string_view text) {
  if (text == "simple") return Complexity::kSimple;
  if (text == "medium") return Complexity::kMedium;
  if (text == "complex") return Complexity::kComplex;
  if (text == "multimodal") return Complexity::kMultimodal;
  return std::nullopt;
}

// `30`, `1.5`, `500ms`, `1m30s`; above zero.
std::optional<absl::Duration> ParseTimeout(std::string_view text) {
  double seconds = 0;
  absl::Duration duration;
  if (absl::SimpleAtod({text.data(), text.size()}, &seconds)) {
    if (!std::isfinite(seconds)) return std::nullopt;
    duration = absl::Seconds(seconds);
  } else if (!absl::ParseDuration(std::string(text), &duration)) {
    return std::nullopt;
  }
  if (duration <= absl::ZeroDuration()) return std::nullopt;
  return duration;
}

// What several headers may say, apart.
struct Read : WishHeaders {
  std::string_view claude_code_session;
  std::string_view claude_code_class;
  std::string_view codex_session;
};

constexpr struct {
  std::string_view name;
  std::string_view Read::*value;
} kKnown[] = {{kProvider, &Read::provider},
              {kClass, &Read::request_class},
              {kComplexity, &Read::complexity},
              {kRegion, &Read::region},
              {kTimeout, &Read::timeout},
              {kCriticality, &Read::criticality},
              {kSession, &Read::session},
              {kClaudeCodeSession, &Read::claude_code_session},
              {kClaudeCodeClass, &Read::claude_code_class},
              {kCodexSession, &Read::codex_session},
              {kStainlessTimeout, &Read::stainless_timeout}};

// Few headers get as far as a comparison of names.
bool MayBeWish(const http1::Header& header) {
  if (header.id() != http1::HeaderId::kOther) {
    return header.id() == http1::HeaderId::kWeir;
  }
  const char first = header.name().front();
  return first == 'x' || first == 'X' || first == 's' || first == 'S';
}

// Takes each wish, or notes that it was ignored.
class Wishes {
 public:
  explicit Wishes(Request& request) : request_(request) {}

  void Class(std::string_view value) {
    if (value.empty()) return;
    const auto parsed = ParseClass(value);
    if (!parsed.has_value()) return Ignore(kClass);
    request_.request_class = *parsed;
  }

  void Complexity(std::string_view value) {
    if (value.empty()) return;
    const auto parsed = ParseComplexity(value);
    if (!parsed.has_value()) return Ignore(kComplexity);
    request_.complexity = *parsed;
  }

  // It was heeded already, when there was too much to do.
  void Criticality(std::string_view value) {
    if (value.empty() || value == kSheddable || value == "normal") return;
    Ignore(kCriticality);
  }

  void Region(std::string_view value) {
    if (value.empty()) return;
    const ClientEntry& client = *request_.client;
    const auto& known = request_.snapshot->weights->share_in;
    const auto found = known.find(value);
    if (found == known.end() ||
        (!client.may_ask_for_all_regions && !client.regions.contains(value))) {
      return Ignore(kRegion);
    }
    request_.region = found->first;
    request_.region_shares = &found->second;
  }

  void Timeout(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    const auto parsed = ParseTimeout(value);
    if (!parsed.has_value()) return Ignore(name);
    request_.deadline =
        std::min(request_.deadline, request_.received_at + *parsed);
  }

 private:
  void Ignore(std::string_view name) {
    request_.ignored_headers.push_back(name);
  }

  Request& request_;
};

}  // namespace

WishHeaders ReadWishes(const http1::RequestHead& head) {
  Read read;
  for (std::size_t i = 0; i < head.header_count; ++i) {
    const http1::Header& header = head.headers[i];
    if (!MayBeWish(header)) continue;
    for (const auto& [name, value] : kKnown) {
      if ((read.*value).empty() &&
          http1::EqualsIgnoringCase(header.name(), name)) {
        read.*value = header.value();
      }
    }
  }
  if (read.session.empty()) read.session = read.claude_code_session;
  if (read.session.empty()) read.session = read.codex_session;
  if (read.criticality.empty() && read.claude_code_class == kAuxiliary) {
    read.criticality = kSheddable;
  }
  return read;
}

void ApplyWishes(const WishHeaders& wishes, const BodyScan& scan,
                 Request& request) {
  request.request_class = ClassOf(scan, request.body.size());
  request.complexity = ComplexityOf(scan, request.body.size());
  Wishes taken(request);
  taken.Class(wishes.request_class);
  taken.Complexity(wishes.complexity);
  taken.Criticality(wishes.criticality);
  taken.Region(wishes.region);
  taken.Timeout(kTimeout, wishes.timeout);
  taken.Timeout(kStainlessTimeout, wishes.stainless_timeout);
}

}  // namespace weir::dataplane
