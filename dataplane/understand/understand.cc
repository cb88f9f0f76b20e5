#include "dataplane/understand/understand.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/concat.h"
#include "common/dialect/dialect.h"
#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "dataplane/understand/body_scan.h"
#include "dataplane/understand/client_wishes.h"
#include "dataplane/understand/conversation_key.h"

namespace weir::dataplane {
namespace {

using dialect::ApiError;
using MaybeError = std::optional<ApiError>;

// More names than anybody reads would only make the answer large.
constexpr std::size_t kMaxNamesListed = 50;

// `span`: where the name stands in the body; absent where the path has it.
MaybeError FindModel(std::string_view name, std::optional<ModelSpan> span,
                     Request& request) {
  const RoutingConfig& config = ConfigOf(request);
  const auto found = config.model_by_name.find(name);
  if (found == config.model_by_name.end()) {
    // A provider may know models that weir does not; a key that is bound to
    // some of weir's models may not.
    if (request.provider.has_value() && request.client->may_use_all_models) {
      return std::nullopt;
    }
    return UnknownModel(request, name);
  }
  if (config.models[found->second].mode == config::v1::MODE_DISABLED) {
    return UnknownModel(request, name);
  }
  if (!MayUse(*request.client, found->second)) {
    return ApiError{403, "model_not_allowed",
                    Concat("This key may not use the model `", name, "`."),
                    "model"};
  }
  request.model = found->second;
  request.model_span = span;
  return std::nullopt;
}

MaybeError FindProvider(std::string_view name, Request& request) {
  if (name.empty()) return std::nullopt;
  const RoutingConfig& config = ConfigOf(request);
  const auto found = config.provider_by_name.find(name);
  const ClientEntry& client = *request.client;
  // Said before anything of the provider is told: a key without the right does
  // not learn which providers there are.
  if (!client.may_address_all_providers &&
      (found == config.provider_by_name.end() ||
       !client.providers.contains(found->second))) {
    return ApiError{403, "provider_not_allowed",
                    "This key may not address this provider.",
                    "x-weir-provider"};
  }
  if (found == config.provider_by_name.end()) {
    return ApiError{404, "provider_not_found",
                    Concat("There is no provider `", name, "`."),
                    "x-weir-provider"};
  }
  request.provider = found->second;
  return std::nullopt;
}

bool HasJsonBody(const Request& request) {
  const http1::Header* type = request.head->Find(http1::HeaderId::kContentType);
  return type != nullptr &&
         http1::StartsWithIgnoringCase(type->value(), "application/json");
}

// What a body says that weir looks at; nothing where it is none of its
// business.
Outcome<BodyScan> ScanBody(const Route& route, BodyScanner& scanner,
                           const Request& request) {
  // A named provider makes any other body so.
  if (route.endpoint == Endpoint::kPassThrough &&
      (request.body.empty() || !HasJsonBody(request))) {
    return BodyScan();
  }
  return scanner.Scan(request.body, ConfigOf(request).uses_affinity
                                        ? BodyScanner::Conversation::kFind
                                        : BodyScanner::Conversation::kNoMatter);
}

// By what the path or the body says.
MaybeError ChooseModel(const Route& route, const BodyScan& scan,
                       Request& request) {
  if (!route.model_in_path.empty()) {
    return FindModel(route.model_in_path, std::nullopt, request);
  }
  if (scan.model.has_value()) {
    return FindModel(*scan.model, scan.model_span, request);
  }
  if (route.endpoint == Endpoint::kPassThrough) return std::nullopt;
  return ApiError{400, "missing_model", "You must provide a `model`.", "model"};
}

// Streams of these say nothing of their usage unless they are asked to.
bool NeedsAsking(const Request& request, const BodyScan& scan) {
  return scan.stream && !scan.has_stream_options &&
         request.model_span.has_value() &&
         (request.endpoint == Endpoint::kChatCompletions ||
          request.endpoint == Endpoint::kCompletions);
}

// Sending one of these twice does no more than cost twice.
Replay ReplayOf(const Route& route, const Request& request) {
  if (route.endpoint != Endpoint::kPassThrough) return Replay::kAllowed;
  const http1::Method method = request.head->method;
  return method == http1::Method::kPost || method == http1::Method::kPatch
             ? Replay::kForbidden
             : Replay::kAllowed;
}

}  // namespace

ApiError UnknownModel(const Request& request, std::string_view name) {
  const RoutingConfig& config = ConfigOf(request);
  std::string names;
  std::size_t usable = 0;
  for (ModelIndex i = 0; i < config.models.size(); ++i) {
    if (!MayUse(*request.client, i) ||
        config.models[i].mode == config::v1::MODE_DISABLED) {
      continue;
    }
    if (++usable > kMaxNamesListed) continue;
    Append(names, names.empty() ? "" : ", ", config.models[i].name);
  }
  if (usable == 0) names = "none";
  if (usable > kMaxNamesListed) {
    Append(names, " and ", usable - kMaxNamesListed, " more");
  }
  return {404, "model_not_found",
          Concat("The model `", name.substr(0, 256),
                 "` does not exist here. This key may use: ", names, "."),
          "model"};
}

bool MayUse(const ClientEntry& client, ModelIndex model) {
  return client.may_use_all_models || client.models.contains(model);
}

MaybeError Understand(const Route& route, const WishHeaders& wishes,
                      BodyScanner& scanner, Request& request) {
  request.endpoint = route.endpoint;
  request.model_in_path = route.model_in_path;
  request.replay = ReplayOf(route, request);
  if (auto error = FindProvider(wishes.provider, request)) return error;
  Outcome<BodyScan> scanned = ScanBody(route, scanner, request);
  if (auto* error = std::get_if<ApiError>(&scanned)) return std::move(*error);
  const BodyScan& scan = std::get<BodyScan>(scanned);
  request.wants_stream =
      scan.stream || route.endpoint == Endpoint::kStreamGenerateContent;
  if (auto error = ChooseModel(route, scan, request)) return error;
  if (!request.model.has_value() && !request.provider.has_value()) {
    return ApiError{400, "missing_model",
                    "This path is routed by the `model` in a JSON body or by "
                    "the header x-weir-provider; the request has neither.",
                    "model"};
  }
  request.asks_for_usage = NeedsAsking(request, scan);
  ApplyWishes(wishes, scan, request);
  if (ConfigOf(request).uses_affinity) {
    request.conversation =
        ConversationKeysOf(wishes.session, scan.conversation);
  }
  return std::nullopt;
}

}  // namespace weir::dataplane
