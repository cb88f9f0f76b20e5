#include "dataplane/attempt/translate_request.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/dialect.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

using dialect::ApiError;
using dialect::canonical::WrittenRequest;

struct TranslatedRequest::State {
  std::variant<dialect::canonical::Request, ApiError> read;
  WrittenRequest written;
};

TranslatedRequest::TranslatedRequest(const Request& request)
    : request_(request) {}

TranslatedRequest::~TranslatedRequest() = default;

std::optional<ApiError> TranslatedRequest::WriteFor(
    const ProviderEntry& provider, const TargetEntry& target) {
  if (state_ == nullptr) {
    state_ = std::make_unique<State>();
    state_->read = request_.dialect->ReadRequest(
        request_.body, request_.wants_stream ? dialect::Delivery::kStream
                                             : dialect::Delivery::kWhole);
  }
  if (const auto* error = std::get_if<ApiError>(&state_->read)) return *error;
  auto written = provider.dialect->WriteRequest(
      std::get<dialect::canonical::Request>(state_->read),
      {target.upstream_model, target.max_output_tokens});
  if (auto* error = std::get_if<ApiError>(&written)) return std::move(*error);
  state_->written = std::get<WrittenRequest>(std::move(written));
  return std::nullopt;
}

const std::string& TranslatedRequest::body() const {
  return state_->written.body;
}

std::span<const std::string_view> TranslatedRequest::dropped() const {
  return state_->written.dropped;
}

}  // namespace weir::dataplane
