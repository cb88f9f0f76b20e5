// GET /v1/models and /v1/models/{id}, from the snapshot.
#ifndef WEIR_DATAPLANE_UNDERSTAND_MODEL_LIST_H_
#define WEIR_DATAPLANE_UNDERSTAND_MODEL_LIST_H_

#include <optional>
#include <string>
#include <string_view>

#include "dataplane/request.h"
#include "dataplane/understand/endpoint.h"

namespace weir::dataplane {

// What the client's key may use, aliases included, in the form of its API.
// REQUIRES: snapshot and client are set.
std::string ModelList(const Request& request);

// One of them; 404 model_not_found with the names that there are.
Outcome<std::string> OneModel(const Request& request, std::string_view name);

// Whichever of the two `route` asks for; nullopt where it is something else.
std::optional<Outcome<std::string>> ModelAnswer(const Route& route,
                                                const Request& request);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_MODEL_LIST_H_
