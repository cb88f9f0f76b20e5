#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/dialect.h"
#include "common/dialect/responses/read_responses_request.h"
#include "common/dialect/responses/response_events.h"
#include "common/dialect/responses/responses_writer.h"

namespace weir::dialect {
namespace {

class ResponsesApi final : public ClientApi {
 public:
  std::variant<canonical::Request, ApiError> ReadRequest(
      std::string_view body, Delivery delivery) const override {
    return ReadResponsesRequest(body, delivery == Delivery::kStream);
  }

  std::unique_ptr<canonical::AnswerWriter> NewAnswerWriter(
      canonical::AnswerIdentity identity) const override {
    return std::make_unique<ResponsesWriter>(std::move(identity));
  }

  // Nobody counted the events before it.
  std::string ErrorEvent(const ApiError& error) const override {
    std::string out;
    ResponseEvents().Error(error, out);
    return out;
  }
};

}  // namespace

const ClientApi& OpenAiResponses() {
  static const ResponsesApi kApi;
  return kApi;
}

}  // namespace weir::dialect
