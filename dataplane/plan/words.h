// In whose words a provider can be asked.
#ifndef WEIR_DATAPLANE_PLAN_WORDS_H_
#define WEIR_DATAPLANE_PLAN_WORDS_H_

#include "common/dialect/dialect.h"
#include "dataplane/http1/query.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

enum class Words {
  // The client's: both speak one dialect.
  kOwn,
  // Its own, as far as this very request can be said in them.
  kTranslated,
  // None: requests of this kind are not translated.
  kNone,
};

// A chat, in a form whose answers can be written too. (Gemini's streams without
// `alt=sse` are one long JSON array.) Pure.
inline bool IsTranslated(const Request& request) {
  switch (request.endpoint) {
    case Endpoint::kChatCompletions:
    case Endpoint::kResponses:
    case Endpoint::kMessages:
    case Endpoint::kGenerateContent:
      return true;
    case Endpoint::kStreamGenerateContent:
      return http1::QueryValue(request.head->query, "alt") == "sse";
    default:
      return false;
  }
}

// Pure.
inline Words WordsFor(const Request& request, const ProviderEntry& provider) {
  if (provider.dialect == request.dialect) return Words::kOwn;
  // One of a later version can't be used anyway.
  if (provider.dialect == nullptr) return Words::kNone;
  if (request.endpoint == Endpoint::kCountTokens) {
    return provider.dialect->token_count() != nullptr ? Words::kTranslated
                                                      : Words::kNone;
  }
  return IsTranslated(request) ? Words::kTranslated : Words::kNone;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_WORDS_H_
