#include "common/dialect/responses/response_events.h"

#include <string>

#include "common/dialect/api_error.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/openai/openai_error.h"

namespace weir::dialect {

void ResponseEvents::Error(const ApiError& error, std::string& out) {
  Add("error", out, [&error](JsonWriter& json) {
    json.Key("code").StringOrNull(error.code);
    json.Key("message").String(error.message);
    json.Key("param").StringOrNull(error.param);
    json.Key("error").Raw(OpenAiErrorObject(error));
  });
}

}  // namespace weir::dialect
