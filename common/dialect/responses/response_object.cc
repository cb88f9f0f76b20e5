#include "common/dialect/responses/response_object.h"

#include "common/dialect/canonical/answer.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/openai/openai_usage.h"
#include "common/dialect/responses/response_item.h"

namespace weir::dialect {
namespace {

void WriteIncomplete(const ResponseObject& response, JsonWriter& json) {
  json.Key("incomplete_details");
  if (response.status != ResponseStatus::kIncomplete) {
    json.Null();
    return;
  }
  json.BeginObject().Key("reason");
  json.String(response.reason == canonical::FinishReason::kLength
                  ? "max_output_tokens"
                  : "content_filter");
  json.EndObject();
}

void WriteError(const ApiError* error, JsonWriter& json) {
  json.Key("error");
  if (error == nullptr) {
    json.Null();
    return;
  }
  // The API's own codes are few, and Codex goes by them.
  json.BeginObject().Key("code");
  json.String(error->status == 429 ? "rate_limit_exceeded" : "server_error");
  json.Key("message").String(error->message).EndObject();
}

}  // namespace

void WriteResponse(const ResponseObject& response, JsonWriter& json) {
  const canonical::AnswerIdentity& identity = response.identity;
  json.BeginObject().Key("id").String(response.id);
  json.Key("object").Word("response");
  json.Key("created_at").Number(identity.created);
  json.Key("status").String(NameOf(response.status));
  json.Key("background").Bool(false);
  WriteError(response.error, json);
  WriteIncomplete(response, json);
  json.Key("model").String(identity.model).RawMembers(identity.repeated);
  json.Key("previous_response_id").Null().Key("store").Bool(false);
  json.Key("truncation").Word("disabled").Key("output").BeginArray();
  for (const ResponseItem& item : response.items) WriteItem(item, json);
  json.EndArray();
  if (response.usage != nullptr) {
    json.Key("usage");
    WriteResponsesUsage(*response.usage, json);
  }
  json.EndObject();
}

}  // namespace weir::dialect
