#include "common/dialect/responses/read_tools.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "common/concat.h"
#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/request_parts.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

using canonical::Field;
using canonical::Request;
using canonical::Tool;

// As OpenAI and Google have it; Anthropic takes twice as much.
constexpr std::size_t kLongestName = 64;

constexpr std::string_view kTextParameters =
    R"({"type":"object","properties":{"input":{"type":"string",)"
    R"("description":"All of the input, as it is."}},"required":["input"],)"
    R"("additionalProperties":false})";

class ToolsReader {
 public:
  explicit ToolsReader(Request& request) : request_(request) {}

  // Tools that OpenAI runs, or that only it has, are an offer among others: an
  // agent (Codex, which always offers some) goes on without. A request that has
  // no others means them.
  void ReadAll(const Field& field) {
    field.Items([this](std::uint32_t, const Field& tool) {
      const std::string_view type = tool.NeedString("type");
      if (type == "namespace") {
        ReadNamespace(tool);
      } else if (type == "function" || type == "custom") {
        Add(ReadOne(tool, type), tool);
      } else {
        canonical::Drop("openai_tools", request_);
      }
    });
    if (!request_.tools.empty()) return;
    field.Items([](std::uint32_t, const Field& tool) {
      tool.Fail("is no function, and other tools are OpenAI's alone");
    });
  }

 private:
  Tool ReadOne(const Field& field, std::string_view type) {
    if (type == "custom") return ReadCustom(field);
    Tool tool{.name = field.NeedString("name"),
              .description = field.StringAt("description")};
    field.Members([&](std::string_view key, const Field& value) {
      if (key == "parameters") tool.parameters = value.ObjectJson();
      if (key == "strict") tool.strict = value.Bool();
    });
    return tool;
  }

  Tool ReadCustom(const Field& field) {
    const std::string_view name = field.NeedString("name");
    Tool tool{.name = name,
              .description = field.StringAt("description"),
              .parameters = kTextParameters,
              .own_name = name,
              .takes_text = true};
    field.Members([&](std::string_view key, const Field& format) {
      if (key != "format" || format.StringAt("type") == "text") return;
      // The model is told what OpenAI would hold it to.
      canonical::Drop("tool_grammar", request_);
      tool.description = field.reading().Keep(
          Concat(tool.description, tool.description.empty() ? "" : "\n\n",
                 "The input must be what this ", format.StringAt("syntax"),
                 " grammar describes:\n", format.NeedString("definition")));
    });
    return tool;
  }

  void ReadNamespace(const Field& field) {
    const std::string_view space = field.NeedString("name");
    std::string_view about = field.StringAt("description");
    field.Members([&](std::string_view key, const Field& tools) {
      if (key != "tools") return;
      tools.Items([&](std::uint32_t, const Field& item) {
        const std::string_view type = item.NeedString("type");
        if (type != "function" && type != "custom") {
          return canonical::Drop("openai_tools", request_);
        }
        Tool tool = ReadOne(item, type);
        if (item.reading().failed()) return;
        tool.own_name = tool.name;
        tool.own_namespace = space;
        tool.name = NameWithin(space, tool.name, item.reading());
        // Once is enough: models read their tools one after the other.
        if (!about.empty()) {
          tool.description = item.reading().Keep(
              Concat("Tools of ", space, ": ", about,
                     tool.description.empty() ? "" : "\n\n", tool.description));
          about = {};
        }
        Add(tool, item);
      });
    });
  }

  void Add(const Tool& tool, const Field& field) {
    if (!tool.own_namespace.empty()) {
      if (tool.name.size() > kLongestName) {
        return field.Fail(
            "has a name that is longer than 64 letters together with its "
            "namespace's, and other APIs know no namespaces");
      }
      const bool taken = std::any_of(
          request_.tools.begin(), request_.tools.end(),
          [&tool](const Tool& other) { return other.name == tool.name; });
      if (taken) {
        return field.Fail(
            "has the name of another tool together with its namespace's, and "
            "other APIs know no namespaces");
      }
    }
    canonical::AddTool(field, tool, request_);
  }

  Request& request_;
};

}  // namespace

void ReadResponsesTools(const Field& field, Request& request) {
  ToolsReader(request).ReadAll(field);
}

std::string_view NameWithin(std::string_view space, std::string_view name,
                            canonical::Reading& reading) {
  return reading.Keep(Concat(space, space.ends_with('_') ? "" : "__", name));
}

std::string_view ArgumentsWith(std::string_view text,
                               canonical::Reading& reading) {
  std::string arguments;
  JsonWriter(arguments).BeginObject().Key("input").String(text).EndObject();
  return reading.Keep(std::move(arguments));
}

}  // namespace weir::dialect
