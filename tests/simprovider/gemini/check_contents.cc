#include "tests/simprovider/gemini/check_contents.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "bench/text/text.h"
#include "tests/simprovider/dialect/json_members.h"
#include "tests/simprovider/gemini/content.h"
#include "tests/simprovider/gemini/known_fields.h"
#include "tests/simprovider/gemini/read_ask.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::element;
using Fault = std::optional<std::string>;
using Names = std::vector<std::string>;

bool IsObject(element owner, std::string_view key) {
  const auto value = MemberOf(owner, key);
  return value && value->is_object();
}

// A signature that Google says it lets pass, for calls of other models.
// https://ai.google.dev/gemini-api/docs/thought-signatures
constexpr std::string_view kUnchecked[] = {
    "skip_thought_signature_validator", "context_engineering_is_the_way_to_go"};

Fault SignatureFault(element part, std::string_view name) {
  const auto member = EitherCase(part, "thoughtSignature");
  std::string_view signature;
  if (!member) return std::nullopt;
  if (member->get(signature) == simdjson::SUCCESS &&
      (signature == SignatureOfCall(name) || signature == kUnchecked[0] ||
       signature == kUnchecked[1])) {
    return std::nullopt;
  }
  return "Thought signature is not valid.";
}

Fault CallFault(element part, element call, const std::string& place) {
  if (StringAt(call, "name").empty()) {
    return text::Cat("* GenerateContentRequest.", place,
                     ".function_call.name: Name cannot be empty.");
  }
  if (MemberOf(call, "args") && !IsObject(call, "args")) {
    return text::Cat("Invalid value at '", place,
                     ".function_call.args' "
                     "(type.googleapis.com/google.protobuf.Struct)");
  }
  return SignatureFault(part, StringAt(call, "name"));
}

Fault ResponseFault(element response, const std::string& place) {
  if (StringAt(response, "name").empty()) {
    return text::Cat("* GenerateContentRequest.", place,
                     ".function_response.name: Name cannot be empty.");
  }
  if (!IsObject(response, "response")) {
    return text::Cat("Invalid value at '", place,
                     ".function_response.response' "
                     "(type.googleapis.com/google.protobuf.Struct)");
  }
  return std::nullopt;
}

Fault PartFault(element part, const std::string& place) {
  if (Fault fault = UnknownField(part, place, kPartFields)) return fault;
  int kinds = 0;
  for (const char* kind :
       {"text", "inlineData", "fileData", "functionCall", "functionResponse",
        "executableCode", "codeExecutionResult"}) {
    if (EitherCase(part, kind)) ++kinds;
  }
  if (kinds != 1) {
    return text::Cat("* GenerateContentRequest.", place,
                     ".data: required oneof field 'data' must have one "
                     "initialized field");
  }
  if (const auto data = EitherCase(part, "inlineData")) {
    if (!EitherCase(*data, "mimeType") || StringAt(*data, "data").empty()) {
      return text::Cat("* GenerateContentRequest.", place,
                       ".inline_data: must have a mime_type and data");
    }
  }
  if (const auto call = EitherCase(part, "functionCall")) {
    return CallFault(part, *call, place);
  }
  if (const auto response = EitherCase(part, "functionResponse")) {
    return ResponseFault(*response, place);
  }
  return std::nullopt;
}

Fault PartsFault(element content, const std::string& place) {
  const std::vector<element> parts = ItemsAt(content, "parts");
  if (parts.empty()) {
    return text::Cat("* GenerateContentRequest.", place,
                     ".parts: contents.parts must not be empty.");
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (Fault fault =
            PartFault(parts[i], text::Cat(place, ".parts[", i, "]"))) {
      return fault;
    }
  }
  return std::nullopt;
}

// Sorted names of what a content calls, or responds to.
Names NamesOf(element content, std::string_view kind) {
  Names names;
  for (const element part : ItemsAt(content, "parts")) {
    if (const auto member = EitherCase(part, kind)) {
      names.push_back(StringAt(*member, "name"));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The content after a call responds to it, one part for each.
Fault PairingFault(const std::vector<element>& contents) {
  Names open;
  for (const element content : contents) {
    const Names responses = NamesOf(content, "functionResponse");
    if (responses.size() != open.size()) {
      return "Please ensure that the number of function response parts is "
             "equal to the number of function call parts of the function call "
             "turn.";
    }
    if (responses != open) {
      return "Please ensure that function responses have the names of the "
             "functions that were called.";
    }
    open = NamesOf(content, "functionCall");
  }
  if (open.empty()) return std::nullopt;
  return "Please ensure that a function call turn is followed by its "
         "responses.";
}

}  // namespace

Fault ContentsFault(element request) {
  const std::vector<element> contents = ItemsAt(request, "contents");
  if (contents.empty()) {
    return "* GenerateContentRequest.contents: contents is not specified";
  }
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const std::string role = StringAt(contents[i], "role");
    if (!role.empty() && role != "user" && role != "model" &&
        role != "function") {
      return "Please use a valid role: user, model.";
    }
    if (Fault fault = PartsFault(contents[i], text::Cat("contents[", i, "]"))) {
      return fault;
    }
  }
  if (StringAt(contents.front(), "role") == "model") {
    return "Please ensure that multiturn requests start with a user turn.";
  }
  if (const auto system = EitherCase(request, "systemInstruction")) {
    if (Fault fault = PartsFault(*system, "system_instruction")) return fault;
  }
  return PairingFault(contents);
}

}  // namespace weir::simprovider
