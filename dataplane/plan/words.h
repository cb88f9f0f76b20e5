// In whose words a provider can be asked.
#ifndef WEIR_DATAPLANE_PLAN_WORDS_H_
#define WEIR_DATAPLANE_PLAN_WORDS_H_

#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

enum class Words {
  // The client's: both speak one dialect.
  kOwn,
  // Its own, which such a request can't be said in.
  kNone,
};

// Pure.
inline Words WordsFor(const Request& request, const ProviderEntry& provider) {
  // A provider of a later version's dialect is unusable anyway.
  return provider.dialect == request.dialect ? Words::kOwn : Words::kNone;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_WORDS_H_
