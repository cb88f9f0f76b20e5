#include "common/dialect/openai/openai_error.h"

#include <string>
#include <string_view>

#include "common/dialect/api_error.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

// `type` of an error, by status, as OpenAI's API answers.
std::string_view ErrorType(const ApiError& error) {
  if (error.code == "insufficient_quota") return "insufficient_quota";
  if (error.status == 429) return "requests";
  if (error.status >= 500) return "server_error";
  return "invalid_request_error";
}

}  // namespace

std::string OpenAiErrorObject(const ApiError& error) {
  std::string object;
  JsonWriter json(object);
  json.BeginObject().Key("message").String(error.message);
  json.Key("type").String(ErrorType(error));
  json.Key("param").StringOrNull(error.param);
  json.Key("code").StringOrNull(error.code).EndObject();
  return object;
}

}  // namespace weir::dialect
