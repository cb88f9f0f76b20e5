#include "dataplane/attempt/translate_request.h"

#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/dialect.h"
#include "dataplane/attempt/translate_answer.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

using dialect::ApiError;
using dialect::canonical::WrittenRequest;

namespace {

std::variant<dialect::canonical::Request, ApiError> ReadAsked(
    const Request& request) {
  if (request.endpoint == Endpoint::kCountTokens) {
    return request.dialect->token_count()->ReadRequest(request.body);
  }
  return ApiOf(request).ReadRequest(
      request.body, request.wants_stream ? dialect::Delivery::kStream
                                         : dialect::Delivery::kWhole);
}

dialect::canonical::WriteResult WriteAsked(
    const Request& request, const dialect::canonical::Request& asked,
    const dialect::Dialect& provider_dialect,
    const dialect::canonical::WriteTarget& target) {
  return request.endpoint == Endpoint::kCountTokens
             ? provider_dialect.token_count()->WriteRequest(asked, target)
             : provider_dialect.WriteRequest(asked, target);
}

}  // namespace

struct TranslatedRequest::State {
  explicit State(const Request& request) : read(ReadAsked(request)) {}

  const std::variant<dialect::canonical::Request, ApiError> read;
  // Two where attempts race; in places that stay.
  std::list<std::pair<TargetIndex, WrittenRequest>> written;
};

TranslatedRequest::TranslatedRequest(const Request& request)
    : request_(request) {}

TranslatedRequest::~TranslatedRequest() = default;

std::optional<ApiError> TranslatedRequest::WriteFor(
    const Candidate& candidate) {
  const RoutingConfig& config = ConfigOf(request_);
  const ProviderEntry& provider = config.providers[candidate.provider];
  if (!IsForeign(request_, provider)) return std::nullopt;
  if (state_ == nullptr) state_ = std::make_unique<State>(request_);
  if (const auto* error = std::get_if<ApiError>(&state_->read)) return *error;
  const TargetEntry& target = config.targets[*candidate.target];
  auto written = WriteAsked(
      request_, std::get<dialect::canonical::Request>(state_->read),
      *provider.dialect, {target.upstream_model, target.max_output_tokens});
  if (auto* error = std::get_if<ApiError>(&written)) return std::move(*error);
  state_->written.emplace_back(*candidate.target,
                               std::get<WrittenRequest>(std::move(written)));
  return std::nullopt;
}

const WrittenRequest* TranslatedRequest::For(const Candidate& candidate) const {
  if (state_ == nullptr) return nullptr;
  for (const auto& [target, written] : state_->written) {
    if (target == candidate.target) return &written;
  }
  return nullptr;
}

const dialect::canonical::Request& TranslatedRequest::read() const {
  return std::get<dialect::canonical::Request>(state_->read);
}

void TranslatedRequest::Forget() {
  if (state_ != nullptr) state_->written.clear();
}

}  // namespace weir::dataplane
