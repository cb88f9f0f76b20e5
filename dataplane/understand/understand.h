// Finds out what a request asks for and whether its client may ask it.
#ifndef WEIR_DATAPLANE_UNDERSTAND_UNDERSTAND_H_
#define WEIR_DATAPLANE_UNDERSTAND_UNDERSTAND_H_

#include <optional>
#include <string_view>

#include "common/dialect/dialect.h"
#include "dataplane/request.h"
#include "dataplane/understand/body_scan.h"
#include "dataplane/understand/client_wishes.h"
#include "dataplane/understand/endpoint.h"

namespace weir::dataplane {

// Fills in the fields of `request` from `endpoint` on. Returns the error for
// the client where it can't be served:
//   400 invalid_json, invalid_model, missing_model, duplicate_field;
//   403 model_not_allowed, provider_not_allowed;
//   404 model_not_found (with the names that the client may use),
//       provider_not_found.
//
// REQUIRES: head, body, snapshot and client are set; `route` and `wishes` are
// those of the request, which names something that is forwarded.
std::optional<dialect::ApiError> Understand(const Route& route,
                                            const WishHeaders& wishes,
                                            BodyScanner& scanner,
                                            Request& request);

// 404 model_not_found, with the names that the client's key may use.
dialect::ApiError UnknownModel(const Request& request, std::string_view name);

// Whether the client's key may use the model at all.
bool MayUse(const ClientEntry& client, ModelIndex model);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_UNDERSTAND_H_
