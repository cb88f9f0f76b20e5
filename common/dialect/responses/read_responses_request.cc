#include "common/dialect/responses/read_responses_request.h"

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/request_parts.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/responses/read_input.h"
#include "common/dialect/responses/read_tools.h"

namespace weir::dialect {
namespace {

using canonical::Field;
using canonical::Request;

// Fields that no answer depends on.
constexpr std::string_view kDropped[] = {
    "metadata",          "service_tier",
    "prompt_cache_key",  "prompt_cache_retention",
    "safety_identifier", "max_tool_calls"};

// Fields that an answer depends on and that no other API has.
constexpr std::string_view kRefused[] = {"conversation", "prompt"};

// What answers repeat, and what stands there where the request says nothing;
// empty: nothing does.
constexpr std::pair<std::string_view, std::string_view> kRepeated[] = {
    {"instructions", "null"},
    {"max_output_tokens", "null"},
    {"metadata", "{}"},
    {"parallel_tool_calls", "true"},
    {"reasoning", R"({"effort":null,"summary":null})"},
    {"temperature", "1"},
    {"text", R"({"format":{"type":"text"}})"},
    {"tool_choice", R"("auto")"},
    {"tools", "[]"},
    {"top_logprobs", "0"},
    {"top_p", "1"},
    {"user", ""}};

class ResponsesRequestReader {
 public:
  explicit ResponsesRequestReader(Request& request) : request_(request) {}

  void ReadRoot(const Field& root) {
    request_.messages_name = "input";
    request_.parts_name = "content";
    request_.max_tokens_name = "max_output_tokens";
    // Counts tell themselves in every stream of this API.
    request_.stream_usage = true;
    bool has_input = false;
    // Before those within `input`, wherever it stands.
    if (const auto instructions = root.StringAt("instructions");
        !instructions.empty()) {
      request_.system.push_back({instructions});
    }
    root.Members([&](std::string_view key, const Field& field) {
      if (key == "input") {
        has_input = true;
        ReadInput(field, request_);
      } else if (!ReadSampling(key, field) && !ReadTooling(key, field) &&
                 !ReadState(key, field)) {
        ReadOther(key, field);
      }
    });
    if (!has_input) root.reading().Fail("input", "is missing");
    if (logprobs_path_.empty() && alternatives_ > 0) {
      logprobs_path_ = "top_logprobs";
    }
    if (!logprobs_path_.empty()) {
      request_.logprobs = {alternatives_, logprobs_path_};
    }
    if (!root.reading().failed()) Repeat(root);
  }

 private:
  bool ReadSampling(std::string_view key, const Field& field) {
    if (key == "max_output_tokens") {
      request_.max_tokens = {field.Count(), "max_output_tokens"};
    } else if (key == "temperature") {
      request_.temperature = {field.Number(), "temperature"};
    } else if (key == "top_p") {
      request_.top_p = {field.Number(), "top_p"};
    } else if (key == "reasoning") {
      // How thoughts are summed up, the model's vendor decides.
      if (const auto effort = field.StringAt("effort"); !effort.empty()) {
        request_.reasoning = {{.effort = effort}, "reasoning.effort"};
      }
    } else if (key == "text") {
      ReadText(field);
    } else {
      return false;
    }
    return true;
  }

  void ReadText(const Field& field) {
    field.Members([this](std::string_view key, const Field& value) {
      if (key == "format") {
        ReadFormat(value);
      } else if (key == "verbosity") {
        canonical::Drop("verbosity", request_);
      } else {
        canonical::Drop(canonical::kUnknownField, request_);
      }
    });
  }

  void ReadFormat(const Field& field) {
    const std::string_view type = field.NeedString("type");
    if (type == "text") return;
    canonical::OutputFormat format;
    if (type == "json_schema") {
      format.name = field.StringAt("name");
      format.description = field.StringAt("description");
      field.Members([&](std::string_view key, const Field& value) {
        if (key == "schema") format.schema = value.ObjectJson();
        if (key == "strict") format.strict = value.Bool();
      });
      if (format.schema.empty()) return field.Fail("needs a `schema`");
    } else if (type != "json_object") {
      return field.Fail("must be of type text, json_object or json_schema");
    }
    request_.format = {format, "text.format"};
  }

  bool ReadTooling(std::string_view key, const Field& field) {
    if (key == "tools") {
      ReadResponsesTools(field, request_);
    } else if (key == "tool_choice") {
      ReadToolChoice(field);
    } else if (key == "parallel_tool_calls") {
      request_.parallel_tool_calls = {field.Bool(), "parallel_tool_calls"};
    } else {
      return false;
    }
    return true;
  }

  void ReadToolChoice(const Field& field) {
    using Kind = canonical::ToolChoiceKind;
    canonical::ToolChoice choice;
    if (!field.is_string()) {
      const std::string_view type = field.StringAt("type");
      if (type != "function" && type != "custom") {
        return field.Fail("names no function, and no other API can be told so");
      }
      choice = {Kind::kOne, field.NeedString("name")};
    } else if (const auto word = field.String(); word == "none") {
      choice.kind = Kind::kNone;
    } else if (word == "required") {
      choice.kind = Kind::kAny;
    } else if (word != "auto") {
      return field.Fail("must be auto, none, required or one function");
    }
    request_.tool_choice = {choice, "tool_choice"};
  }

  // What the API keeps between requests, or works on without its client.
  bool ReadState(std::string_view key, const Field& field) {
    if (key == "previous_response_id") {
      field.Fail(
          "names an answer that only OpenAI can have kept: `input` must hold "
          "the conversation");
    } else if (key == "background") {
      if (field.Bool()) {
        field.Fail("asks for an answer to fetch later, which only OpenAI has");
      }
    } else if (key == "store") {
      if (field.Bool()) canonical::Drop("store", request_);
    } else if (key == "include") {
      field.Items(
          [this](std::uint32_t, const Field& item) { ReadIncluded(item); });
    } else {
      return false;
    }
    return true;
  }

  void ReadIncluded(const Field& field) {
    const std::string_view name = field.String();
    if (name == "reasoning.encrypted_content") {
      request_.wants_sealed_thoughts = true;
    } else if (name == "message.output_text.logprobs") {
      logprobs_path_ = field.reading().Keep(field.Path());
    } else {
      // What tools found that run at OpenAI; there are none.
      canonical::Drop("include", request_);
    }
  }

  void ReadOther(std::string_view key, const Field& field) {
    // `stream_options` only says how to hide the lengths of pieces.
    if (key == "model" || key == "stream" || key == "stream_options" ||
        key == "instructions") {
      return;
    }
    if (key == "user") {
      request_.user = field.String();
    } else if (key == "truncation") {
      if (field.String() == "auto") canonical::Drop("truncation", request_);
    } else if (key == "top_logprobs") {
      alternatives_ = canonical::Alternatives(field);
    } else if (!canonical::RefuseField(key, field, kRefused)) {
      canonical::DropField(key, kDropped, request_);
    }
  }

  void Repeat(const Field& root) {
    std::string members;
    JsonWriter json(members);
    for (const auto& [name, otherwise] : kRepeated) {
      simdjson::dom::element value;
      const bool is_given =
          !root.value().at_key(name).get(value) && !value.is_null();
      if (!is_given && otherwise.empty()) continue;
      json.Key(name).Raw(is_given ? simdjson::minify(value)
                                  : std::string(otherwise));
    }
    request_.repeated = root.reading().Keep(std::move(members));
  }

  Request& request_;
  // What asks for log probabilities; empty for nothing.
  std::string_view logprobs_path_;
  std::uint64_t alternatives_ = 0;
};

}  // namespace

std::variant<Request, ApiError> ReadResponsesRequest(std::string_view body,
                                                     bool stream) {
  return canonical::ReadWith<ResponsesRequestReader>(body, stream);
}

}  // namespace weir::dialect
