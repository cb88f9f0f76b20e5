// Answers that need no key and no provider.
#ifndef WEIR_DATAPLANE_OPEN_ANSWER_H_
#define WEIR_DATAPLANE_OPEN_ANSWER_H_

#include <optional>
#include <string>

#include "dataplane/account/answer_head.h"
#include "dataplane/current_snapshot.h"
#include "dataplane/understand/endpoint.h"

namespace weir::dataplane {

// Health, and refusals of paths and methods that there are not; nullopt for the
// rest. `view` is null while there is no snapshot; `draining`: the node was
// told to stop. Writes the answer's body to `body`. Pure.
std::optional<OwnAnswer> AnswerOpenly(const Route& route,
                                      const RoutingView* view, bool draining,
                                      std::string& body);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_OPEN_ANSWER_H_
