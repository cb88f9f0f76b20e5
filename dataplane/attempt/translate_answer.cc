#include "dataplane/attempt/translate_answer.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/provider_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/stream_translation.h"
#include "common/dialect/dialect.h"
#include "common/recycled_text.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/relay/usage_scan.h"
#include "dataplane/request.h"

namespace weir::dataplane {
namespace {

using dialect::canonical::AnswerEvent;
using dialect::canonical::AnswerEvents;
using dialect::canonical::AnswerIdentity;
using dialect::canonical::Counted;

// English text has about four bytes a token.
constexpr std::size_t kBytesPerToken = 4;

// Room for what small answers become, so that nothing grows step by step.
constexpr std::size_t kUsualEvents = 8;
constexpr std::size_t kLongestFrame = 512;

AnswerIdentity IdentityOf(const Request& request,
                          const dialect::canonical::Request& asked,
                          absl::Time wall_now) {
  AnswerIdentity identity{.id = std::string(request.id.text()),
                          .model = {},
                          .created = absl::ToUnixSeconds(wall_now)};
  if (request.model.has_value()) {
    identity.model = ConfigOf(request).models[*request.model].name;
  }
  identity.input_tokens = static_cast<std::uint32_t>(
      std::max<std::size_t>(1, request.body.size() / kBytesPerToken));
  identity.stream_usage = asked.stream_usage;
  identity.wants_sealed_thoughts = asked.wants_sealed_thoughts;
  identity.repeated = asked.repeated;
  for (const dialect::canonical::Tool& tool : asked.tools) {
    if (tool.own_name.empty()) continue;
    identity.renamed_tools.push_back(
        {std::string(tool.name), std::string(tool.own_name),
         std::string(tool.own_namespace), tool.takes_text});
  }
  return identity;
}

absl::Status TranslateCount(const Request& request,
                            const dialect::Dialect& provider_dialect,
                            Answer& answer) {
  const auto tokens = provider_dialect.token_count()->ReadAnswer(answer.held());
  if (!tokens.has_value()) {
    return absl::InvalidArgumentError("an answer without a count");
  }
  *answer.copied = request.dialect->token_count()->WriteAnswer(*tokens);
  return absl::OkStatus();
}

UsageReading UsageIn(const AnswerEvents& events) {
  UsageReading reading;
  for (const AnswerEvent& event : events) {
    if (const auto* counted = std::get_if<Counted>(&event)) {
      reading.usage = counted->usage;
    }
  }
  return reading;
}

}  // namespace

absl::Status TranslateWhole(const Request& request,
                            const dialect::canonical::Request& asked,
                            const dialect::Dialect& provider_dialect,
                            absl::Time wall_now, Answer& answer) {
  const int status = answer.exchange->head().status;
  if (status >= 400) {
    *answer.copied = TranslateError(request, status, answer.held());
    return absl::OkStatus();
  }
  if (request.endpoint == Endpoint::kCountTokens) {
    return TranslateCount(request, provider_dialect, answer);
  }
  const auto reader = provider_dialect.NewAnswerReader();
  AnswerEvents events;
  events.reserve(kUsualEvents);
  if (auto read = reader->ReadWhole(answer.held(), events); !read.ok()) {
    return read;
  }
  const auto writer =
      ApiOf(request).NewAnswerWriter(IdentityOf(request, asked, wall_now));
  auto body = RecycledText::WithRoom(answer.held().size() + kLongestFrame);
  if (auto written = writer->WriteWhole(events, *body); !written.ok()) {
    return written;
  }
  answer.usage = UsageIn(events);
  answer.copied = std::move(body);
  return absl::OkStatus();
}

void TranslateStream(const Request& request,
                     const dialect::canonical::Request& asked,
                     const dialect::Dialect& provider_dialect,
                     absl::Time wall_now, Answer& answer) {
  answer.translation = std::make_unique<dialect::canonical::StreamTranslation>(
      provider_dialect.NewAnswerReader(),
      ApiOf(request).NewAnswerWriter(IdentityOf(request, asked, wall_now)));
}

std::string TranslateError(const Request& request, int status,
                           std::string_view body) {
  return request.dialect->ErrorBody(
      dialect::canonical::ErrorOfBody(status, body));
}

}  // namespace weir::dataplane
