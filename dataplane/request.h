// One request in flight: what each stage found out, for the stages after it.
#ifndef WEIR_DATAPLANE_REQUEST_H_
#define WEIR_DATAPLANE_REQUEST_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "dataplane/http1/head.h"
#include "dataplane/quota/key_pass.h"
#include "dataplane/request_id.h"
#include "dataplane/snapshot.h"
#include "dataplane/trace_context.h"

namespace weir::dataplane {

// A stage's result, or the error that the client is told.
template <typename T>
using Outcome = std::variant<T, dialect::ApiError>;

template <typename T>
const dialect::ApiError* ErrorOf(const Outcome<T>& outcome) {
  return std::get_if<dialect::ApiError>(&outcome);
}

// What of the API a path names.
enum class Endpoint {
  kChatCompletions,
  kCompletions,
  kEmbeddings,
  kResponses,
  // Anthropic's /messages.
  kMessages,
  // Anthropic's and Gemini's; no answer of a model.
  kCountTokens,
  // Gemini's, whose model stands in the path.
  kGenerateContent,
  kStreamGenerateContent,
  kListModels,
  kGetModel,
  // Another path of the API, whose bytes go through as they are.
  kPassThrough,
  kHealth,
  kHealthFull,
  // OPTIONS *.
  kServerOptions,
  kUnknown,
};

// How much work a request is; decides how long its answer is waited for.
enum class RequestClass { kFast, kNormal, kComplex };

// May a request that a provider may have begun to work on be sent again?
enum class Replay { kAllowed, kForbidden };

// Where in a body the value of `model` stands, quotes included.
struct ModelSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// What ties requests of one conversation together, by either way of looking at
// it; absent where nothing does, or no model asks.
struct ConversationKeys {
  std::optional<std::uint64_t> by_session;
  std::optional<std::uint64_t> by_prefix;
};

struct Request {
  // Read. The views are good until the request ends, but for the body's bytes
  // once a stream answers it.
  const http1::RequestHead* head = nullptr;
  std::string_view body;
  absl::Time received_at;
  RequestId id;
  // Absent where no traces are kept and the client names none, or none that is
  // one.
  std::optional<TraceContext> trace;

  // Authenticate. The snapshot is pinned by the pipeline until the request
  // ends.
  const Snapshot* snapshot = nullptr;
  const ClientEntry* client = nullptr;
  // Its leave to use the key; null where no limits are kept. Attempts tell it
  // what they took.
  KeyPass* pass = nullptr;

  // The API that the client speaks.
  const dialect::Dialect* dialect = &dialect::OpenAi();

  // Understand.
  Endpoint endpoint = Endpoint::kUnknown;
  RequestClass request_class = RequestClass::kNormal;
  Replay replay = Replay::kAllowed;
  bool wants_stream = false;
  Complexity complexity = Complexity::kMedium;
  // The region that is routed for, and its shares; the node's own where null.
  std::string_view region;
  const std::vector<TargetShare>* region_shares = nullptr;
  // No attempt begins or waits for its answer after it.
  absl::Time deadline = absl::InfiniteFuture();
  // Headers whose value made no sense, or asked for what the key may not.
  std::vector<std::string_view> ignored_headers;
  ConversationKeys conversation;
  std::optional<ModelIndex> model;
  // Absent where the body names no model.
  std::optional<ModelSpan> model_span;
  // The model's name where the path has it; part of the upstream path.
  std::string_view model_in_path;
  // A stream's usage is asked for though the client did not: it sees none.
  bool asks_for_usage = false;
  // The provider that the client asked for, where its key allows it.
  std::optional<ProviderIndex> provider;
};

// In which of its dialect's ways the client asks.
inline const dialect::ClientApi& ApiOf(const Request& request) {
  return request.endpoint == Endpoint::kResponses ? dialect::OpenAiResponses()
                                                  : *request.dialect;
}

// The index of every target, model and provider is good for this config.
inline const RoutingConfig& ConfigOf(const Request& request) {
  return *request.snapshot->config;
}

// What the control plane says of each target to such a request.
inline const std::vector<TargetShare>& SharesOf(const Request& request) {
  return request.region_shares != nullptr ? *request.region_shares
                                          : request.snapshot->weights->share;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_REQUEST_H_
