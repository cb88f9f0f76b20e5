// How an API counts what a request would take in, without answering it.
#ifndef WEIR_COMMON_DIALECT_TOKEN_COUNT_H_
#define WEIR_COMMON_DIALECT_TOKEN_COUNT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"

namespace weir::dialect {

// Implementations are stateless constants, so every method may be called from
// any thread.
class TokenCount {
 public:
  virtual ~TokenCount() = default;

  // After a provider's base_url: `/messages/count_tokens`.
  virtual std::string Path(std::string_view upstream_model) const = 0;

  // A client's question, as ClientApi::ReadRequest() reads what it is about.
  virtual std::variant<canonical::Request, ApiError> ReadRequest(
      std::string_view body) const = 0;
  // The way back, for a provider, as Dialect::WriteRequest(). What no count
  // depends on is left out, and not said to be.
  virtual canonical::WriteResult WriteRequest(
      const canonical::Request& request,
      const canonical::WriteTarget& target) const = 0;

  // nullopt: not what the API answers.
  virtual std::optional<std::uint64_t> ReadAnswer(
      std::string_view body) const = 0;
  virtual std::string WriteAnswer(std::uint64_t tokens) const = 0;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_TOKEN_COUNT_H_
