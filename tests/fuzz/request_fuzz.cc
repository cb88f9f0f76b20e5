// Chat requests, and questions for their tokens: whatever JSON a client sends
// is a request, which every dialect can then say or refuse to say, or a 400.
#include <optional>
#include <string_view>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/token_estimate.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/dialect.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/dialects.h"
#include "tests/fuzz/one_input.h"

namespace weir::fuzz {
namespace {

using dialect::ApiError;
using dialect::Dialect;

void CheckRefusal(const ApiError& error, const Dialect& dialect) {
  Check(error.status == 400, "a refusal is a 400", error.message);
  Check(!error.code.empty() && !error.message.empty(),
        "a refusal says what is wrong");
  CheckJson(dialect.ErrorBody(error));
}

void Write(const dialect::canonical::Request& request, const Dialect& from,
           const Dialect& to) {
  for (const std::optional<std::uint64_t> limit :
       {std::optional<std::uint64_t>(4096), std::optional<std::uint64_t>()}) {
    const auto written = to.WriteRequest(request, {"a \"model\"", limit});
    if (const auto* error = std::get_if<ApiError>(&written)) {
      CheckRefusal(*error, from);
      continue;
    }
    const auto& body =
        std::get<dialect::canonical::WrittenRequest>(written).body;
    CheckJson(body);
    const auto again = to.ReadRequest(body, dialect::Delivery::kWhole);
    if (const auto* error = std::get_if<ApiError>(&again)) {
      Check(false, error->message, body);
    }
  }
}

void WriteCount(const dialect::canonical::Request& request, const Dialect& from,
                const Dialect& to) {
  const dialect::TokenCount* const count = to.token_count();
  if (count == nullptr) return;
  const auto written = count->WriteRequest(request, {"a \"model\""});
  if (const auto* error = std::get_if<ApiError>(&written)) {
    return CheckRefusal(*error, from);
  }
  const auto& body = std::get<dialect::canonical::WrittenRequest>(written).body;
  CheckJson(body);
  const auto again = count->ReadRequest(body);
  if (const auto* error = std::get_if<ApiError>(&again)) {
    Check(false, error->message, body);
  }
}

void Count(std::string_view input, const Dialect& from) {
  const dialect::TokenCount* const count = from.token_count();
  if (count == nullptr) return;
  const auto read = count->ReadRequest(input);
  if (const auto* error = std::get_if<ApiError>(&read)) {
    return CheckRefusal(*error, from);
  }
  const auto& request = std::get<dialect::canonical::Request>(read);
  Check(dialect::canonical::EstimateTokens(request) > 0,
        "a request has tokens");
  for (const Dialect* to : AllDialects()) WriteCount(request, from, *to);
}

}  // namespace

void OneInput(std::string_view input) {
  for (const auto& [api, dialect] : AllAskers()) {
    const auto read = api->ReadRequest(input, dialect::Delivery::kStream);
    if (const auto* error = std::get_if<ApiError>(&read)) {
      CheckRefusal(*error, *dialect);
      continue;
    }
    for (const Dialect* to : AllDialects()) {
      Write(std::get<dialect::canonical::Request>(read), *dialect, *to);
    }
  }
  for (const Dialect* dialect : AllDialects()) Count(input, *dialect);
}

}  // namespace weir::fuzz
