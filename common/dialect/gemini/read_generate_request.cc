#include "common/dialect/gemini/read_generate_request.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/request_parts.h"
#include "common/dialect/gemini/read_contents.h"
#include "common/dialect/gemini/read_generation_config.h"
#include "common/dialect/gemini/schema.h"

namespace weir::dialect {
namespace {

using canonical::Field;
using canonical::Request;

class GenerateRequestReader {
 public:
  explicit GenerateRequestReader(Request& request) : request_(request) {}

  void ReadRoot(const Field& root) {
    request_.messages_name = "contents";
    request_.parts_name = "parts";
    // Counts tell themselves in every stream of this API.
    request_.stream_usage = true;
    bool has_contents = false;
    // The JSON form of protobuf: both spellings are one field.
    root.Members([&](std::string_view key, const Field& field) {
      if (key == "contents") {
        has_contents = true;
        ReadContents(field, request_);
      } else if (key == "systemInstruction" || key == "system_instruction") {
        ReadSystem(field);
      } else if (key == "generationConfig" || key == "generation_config") {
        ReadGenerationConfig(field, request_);
      } else if (key == "tools") {
        field.Items([this](std::uint32_t, const Field& t) { ReadTools(t); });
      } else if (key == "toolConfig" || key == "tool_config") {
        ReadToolConfig(field);
      } else if (key == "cachedContent" || key == "cached_content") {
        field.Fail("names content that only Gemini's API keeps");
      } else if (key == "safetySettings" || key == "safety_settings") {
        canonical::Drop("safetySettings", request_);
      } else if (key == "labels") {
        canonical::Drop("labels", request_);
      } else if (key != "model") {
        canonical::Drop(canonical::kUnknownField, request_);
      }
    });
    if (!has_contents) root.reading().Fail("contents", "is missing");
  }

 private:
  void ReadSystem(const Field& field) {
    field.Members([this](std::string_view key, const Field& parts) {
      if (key != "parts") return;
      parts.Items([this](std::uint32_t, const Field& part) {
        request_.system.push_back({part.StringAt("text")});
      });
    });
  }

  void ReadTools(const Field& field) {
    field.Members([this](std::string_view key, const Field& value) {
      if (key != "functionDeclarations" && key != "function_declarations") {
        return value.Fail("is a tool that runs at Google's alone");
      }
      value.Items([this](std::uint32_t, const Field& declaration) {
        ReadDeclaration(declaration);
      });
    });
  }

  void ReadDeclaration(const Field& field) {
    canonical::Tool tool{.name = field.NeedString("name"),
                         .description = field.StringAt("description")};
    field.Members([&](std::string_view key, const Field& value) {
      if (key == "parametersJsonSchema" || key == "parameters_json_schema") {
        tool.parameters = value.ObjectJson();
      } else if (key == "parameters") {
        tool.parameters = JsonSchemaAt(value);
      }
    });
    canonical::AddTool(field, tool, request_);
  }

  void ReadToolConfig(const Field& field) {
    field.Members([this](std::string_view key, const Field& config) {
      if (key == "functionCallingConfig" || key == "function_calling_config") {
        ReadCallingConfig(config);
      } else {
        canonical::Drop(canonical::kUnknownField, request_);
      }
    });
  }

  void ReadCallingConfig(const Field& field) {
    using Choice = canonical::ToolChoiceKind;
    const std::string_view mode = field.StringAt("mode");
    canonical::ToolChoice choice;
    if (mode == "ANY") {
      choice.kind = Choice::kAny;
    } else if (mode == "NONE") {
      choice.kind = Choice::kNone;
    } else if (mode == "VALIDATED") {
      return field.Fail("asks for a mode that only Gemini's API has");
    }
    std::vector<std::string_view> allowed;
    field.Members([&](std::string_view key, const Field& names) {
      if (key != "allowedFunctionNames" && key != "allowed_function_names") {
        return;
      }
      names.Items([&](std::uint32_t, const Field& name) {
        allowed.push_back(name.String());
      });
      if (allowed.size() > 1) {
        names.Fail(
            "allows several functions, which only Gemini's API can be "
            "told");
      }
    });
    if (allowed.size() == 1 && choice.kind == Choice::kAny) {
      choice = {Choice::kOne, allowed.front()};
    }
    request_.tool_choice = {choice, "toolConfig.functionCallingConfig"};
  }

  Request& request_;
};

class CountRequestReader {
 public:
  explicit CountRequestReader(Request& request) : request_(request) {}

  void ReadRoot(const Field& root) {
    bool is_whole = false;
    root.Members([&](std::string_view key, const Field& field) {
      if (key != "generateContentRequest" &&
          key != "generate_content_request") {
        return;
      }
      is_whole = true;
      GenerateRequestReader(request_).ReadRoot(field);
      request_.messages_name = "generateContentRequest.contents";
    });
    if (!is_whole) GenerateRequestReader(request_).ReadRoot(root);
  }

 private:
  Request& request_;
};

}  // namespace

std::variant<Request, ApiError> ReadGenerateRequest(std::string_view body,
                                                    bool stream) {
  return canonical::ReadWith<GenerateRequestReader>(body, stream);
}

std::variant<Request, ApiError> ReadGenerateCount(std::string_view body) {
  return canonical::ReadWith<CountRequestReader>(body, /*stream=*/false);
}

}  // namespace weir::dialect
