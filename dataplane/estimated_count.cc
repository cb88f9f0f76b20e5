#include "dataplane/estimated_count.h"

#include <string>
#include <utility>
#include <variant>

#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/token_estimate.h"
#include "common/dialect/dialect.h"
#include "dataplane/request.h"

namespace weir::dataplane {

Outcome<std::string> EstimatedCount(const Request& request) {
  const dialect::TokenCount& count = *request.dialect->token_count();
  auto asked = count.ReadRequest(request.body);
  if (auto* error = std::get_if<dialect::ApiError>(&asked)) {
    return std::move(*error);
  }
  return count.WriteAnswer(dialect::canonical::EstimateTokens(
      std::get<dialect::canonical::Request>(asked)));
}

}  // namespace weir::dataplane
