#include "dataplane/usage/gen_ai_book.h"

#include <string>
#include <string_view>

#include "common/concat.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/dialect.h"
#include "dataplane/gen_ai_counts.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
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

void GenAiBook::OnAnswer(const Request& request, const Candidate& candidate,
                         const GenAiAnswer& answer) {
  const std::string_view operation = OperationOf(request.endpoint);
  if (operation.empty() || !request.model.has_value() ||
      !candidate.target.has_value()) {
    return;
  }
  const RoutingConfig& config = ConfigOf(request);
  const ProviderEntry& provider = config.providers[candidate.provider];
  const TargetEntry& target = config.targets[*candidate.target];
  const std::string& asked = config.models[*request.model].name;
  const std::string_view api = ProviderNameOf(*provider.dialect);
  key_.clear();
  // No name has a line break in it.
  Append(key_, operation, "\n", api, "\n", asked, "\n", target.upstream_model,
         "\n", provider.name);
  auto entry = entries_.find(key_);
  if (entry == entries_.end()) {
    entry =
        entries_
            .emplace(key_, Entry{{std::string(operation), std::string(api),
                                  asked, target.upstream_model, provider.name},
                                 {}})
            .first;
  }
  Count(answer, entry->second.counts);
}

void GenAiBook::AddTo(WorkerReport& report) const {
  for (const auto& [key, entry] : entries_) {
    report.gen_ai.emplace(entry.labels, entry.counts);
  }
}

}  // namespace weir::dataplane
