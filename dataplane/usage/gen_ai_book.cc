#include "dataplane/usage/gen_ai_book.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/dialect/canonical/usage.h"
#include "common/dialect/dialect.h"
#include "dataplane/gen_ai_counts.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/usage/place_memory.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

// gen_ai.operation.name; empty where the conventions have none.
std::string_view OperationOf(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kChatCompletions:
    case Endpoint::kResponses:
    case Endpoint::kMessages:
      return "chat";
    case Endpoint::kCompletions:
      return "text_completion";
    case Endpoint::kEmbeddings:
      return "embeddings";
    case Endpoint::kGenerateContent:
    case Endpoint::kStreamGenerateContent:
      return "generate_content";
    case Endpoint::kCountTokens:
    case Endpoint::kListModels:
    case Endpoint::kGetModel:
    case Endpoint::kPassThrough:
    case Endpoint::kHealth:
    case Endpoint::kHealthFull:
    case Endpoint::kServerOptions:
    case Endpoint::kUnknown:
      return "";
  }
  return "";
}

// gen_ai.provider.name: one of the conventions' words for the API.
std::string_view ProviderNameOf(const dialect::Dialect& dialect) {
  return dialect.name() == "gemini" ? "gcp.gemini" : dialect.name();
}

void Count(const GenAiAnswer& answer, GenAiCounts& counts) {
  const double output = OutputOf(answer.usage).value_or(0);
  counts.input_tokens.Add(
      static_cast<double>(InputOf(answer.usage).value_or(0)));
  counts.output_tokens.Add(output);
  counts.duration.Add(answer.duration);
  if (!answer.first_token.has_value()) return;
  counts.first_token.Add(*answer.first_token);
  if (output < 2) return;
  counts.per_output_token.Add((answer.duration - *answer.first_token) /
                              (output - 1));
}

}  // namespace

GenAiCounts& GenAiBook::CountsOf(const Request& request,
                                 const Candidate& candidate) {
  const RoutingConfig& config = ConfigOf(request);
  GenAiCounts*& remembered = remembered_.At(
      config.version, {*request.model, *candidate.target, request.endpoint});
  if (remembered != nullptr) return *remembered;
  const ProviderEntry& provider = config.providers[candidate.provider];
  GenAiLabels labels{std::string(OperationOf(request.endpoint)),
                     std::string(ProviderNameOf(*provider.dialect)),
                     config.models[*request.model].name,
                     config.targets[*candidate.target].upstream_model,
                     provider.name};
  std::unique_ptr<GenAiCounts>& counts = counts_[std::move(labels)];
  if (counts == nullptr) counts = std::make_unique<GenAiCounts>();
  remembered = counts.get();
  return *remembered;
}

void GenAiBook::OnAnswer(const Request& request, const Candidate& candidate,
                         const GenAiAnswer& answer) {
  if (!request.model.has_value() || !candidate.target.has_value() ||
      OperationOf(request.endpoint).empty()) {
    return;
  }
  Count(answer, CountsOf(request, candidate));
}

void GenAiBook::AddTo(WorkerReport& report) const {
  for (const auto& [labels, counts] : counts_) {
    report.gen_ai.emplace(labels, *counts);
  }
}

}  // namespace weir::dataplane
