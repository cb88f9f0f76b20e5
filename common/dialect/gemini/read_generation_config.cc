#include "common/dialect/gemini/read_generation_config.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/request_parts.h"
#include "common/dialect/gemini/schema.h"

namespace weir::dialect {
namespace {

using canonical::Field;
using canonical::Request;

// The JSON form of protobuf: both spellings are one field.
std::string CamelCase(std::string_view name) {
  std::string camel;
  bool is_after_line = false;
  for (const char c : name) {
    if (c != '_') {
      camel += is_after_line
                   ? absl::ascii_toupper(static_cast<unsigned char>(c))
                   : c;
    }
    is_after_line = c == '_';
  }
  return camel;
}

class ConfigReader {
 public:
  explicit ConfigReader(Request& request) : request_(request) {}

  void Read(const Field& config) {
    config.Members([this](std::string_view name, const Field& field) {
      const std::string key = CamelCase(name);
      if (!ReadSampling(key, field) && !ReadForm(key, field)) {
        canonical::Drop(key == "mediaResolution" ? "mediaResolution"
                                                 : canonical::kUnknownField,
                        request_);
      }
    });
    if (wants_logprobs_) {
      request_.logprobs = {alternatives_, "generationConfig.responseLogprobs"};
    } else if (alternatives_ > 0) {
      config.reading().Fail("generationConfig.logprobs",
                            "needs `responseLogprobs` to be true");
    }
    if (wants_json_ && !request_.format) {
      request_.format = {format_, "generationConfig.responseMimeType"};
    }
  }

 private:
  bool ReadSampling(std::string_view key, const Field& field) {
    if (key == "maxOutputTokens") {
      request_.max_tokens = {field.Count(), "generationConfig.maxOutputTokens"};
    } else if (key == "temperature") {
      request_.temperature = {field.Number(), "generationConfig.temperature"};
    } else if (key == "topP") {
      request_.top_p = {field.Number(), "generationConfig.topP"};
    } else if (key == "topK") {
      request_.top_k = {field.Integer(), "generationConfig.topK"};
    } else if (key == "presencePenalty") {
      request_.presence_penalty = {field.Number(),
                                   "generationConfig.presencePenalty"};
    } else if (key == "frequencyPenalty") {
      request_.frequency_penalty = {field.Number(),
                                    "generationConfig.frequencyPenalty"};
    } else if (key == "seed") {
      request_.seed = {field.Integer(), "generationConfig.seed"};
    } else if (key == "stopSequences") {
      std::vector<std::string_view> stop;
      field.Items([&](std::uint32_t, const Field& item) {
        stop.push_back(item.String());
      });
      request_.stop = {std::move(stop), "generationConfig.stopSequences"};
    } else {
      return false;
    }
    return true;
  }

  bool ReadForm(std::string_view key, const Field& field) {
    if (key == "responseMimeType") {
      const std::string_view type = field.String();
      wants_json_ = type == "application/json";
      if (!wants_json_ && type != "text/plain") {
        field.Fail("must be text/plain or application/json");
      }
    } else if (key == "responseJsonSchema") {
      format_.schema = field.ObjectJson();
    } else if (key == "responseSchema") {
      format_.schema = JsonSchemaAt(field);
    } else if (key == "thinkingConfig") {
      ReadThinking(field);
    } else if (key == "candidateCount") {
      if (field.Count() > 1) {
        field.Fail("asks for several answers, which are not translated");
      }
    } else if (key == "responseLogprobs") {
      wants_logprobs_ = field.Bool();
    } else if (key == "logprobs") {
      alternatives_ = canonical::Alternatives(field);
    } else if (key == "responseModalities") {
      field.Items([](std::uint32_t, const Field& item) {
        if (item.String() != "TEXT") item.Fail("asks for more than text");
      });
    } else if (key == "speechConfig" || key == "imageConfig") {
      field.Fail("has no counterpart in the APIs of the model's providers");
    } else {
      return false;
    }
    return true;
  }

  void ReadThinking(const Field& field) {
    canonical::Reasoning reasoning;
    field.Members([&](std::string_view key, const Field& value) {
      const std::string name = CamelCase(key);
      if (name == "thinkingBudget") {
        // -1: the model decides, which is what everybody's does.
        const std::int64_t budget = value.Integer();
        if (budget == 0) reasoning.effort = "none";
        if (budget > 0) {
          reasoning.budget_tokens = static_cast<std::uint64_t>(budget);
        }
      } else if (name == "thinkingLevel") {
        reasoning.effort = value.reading().Keep(
            absl::AsciiStrToLower(std::string(value.String())));
      }
    });
    if (!reasoning.effort.empty() || reasoning.budget_tokens.has_value()) {
      request_.reasoning = {reasoning, "generationConfig.thinkingConfig"};
    }
  }

  Request& request_;
  canonical::OutputFormat format_;
  bool wants_json_ = false;
  bool wants_logprobs_ = false;
  std::uint64_t alternatives_ = 0;
};

}  // namespace

void ReadGenerationConfig(const Field& field, Request& request) {
  ConfigReader(request).Read(field);
}

}  // namespace weir::dialect
