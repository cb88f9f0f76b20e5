// Requests in every dialect, as files that are read in review:
// golden_requests/*.txt.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/dialect.h"
#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

// `== DIALECT [MODEL [MAX_OUTPUT_TOKENS]]` and what follows it.
struct Section {
  std::string dialect;
  std::string model;
  std::optional<std::uint64_t> max_output_tokens;
  std::string text;
};

std::vector<Section> Parse(std::istream& file) {
  std::vector<Section> sections;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("== ")) {
      Section section;
      std::istringstream words(line.substr(3));
      std::uint64_t tokens = 0;
      words >> section.dialect >> section.model;
      if (words >> tokens) section.max_output_tokens = tokens;
      sections.push_back(section);
    } else if (!sections.empty()) {
      sections.back().text += line + "\n";
    }
  }
  return sections;
}

const Dialect& Named(std::string_view name) {
  for (const Dialect* dialect : {&OpenAi(), &Anthropic(), &Gemini()}) {
    if (dialect->name() == name) return *dialect;
  }
  ADD_FAILURE() << "no dialect " << name;
  return OpenAi();
}

// Who asks: a dialect, or `responses`.
const ClientApi& AskerNamed(std::string_view name) {
  return name == "responses" ? OpenAiResponses() : Named(name);
}

std::string Minified(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(json.data(), json.size()).get(root)) {
    return "not JSON: " + std::string(json);
  }
  return simdjson::minify(root);
}

std::string TextOf(const ApiError& error) {
  return "refused: " + std::string(error.code) + ": " + error.message + "\n";
}

// A request that was written, or why not, in the form of a section.
std::string Translate(const Section& from, const Section& to) {
  const auto read =
      AskerNamed(from.dialect).ReadRequest(from.text, Delivery::kWhole);
  if (const auto* error = std::get_if<ApiError>(&read)) return TextOf(*error);
  canonical::Request request = std::get<canonical::Request>(read);
  request.stream = from.text.find(R"("stream": true)") != std::string::npos;
  const auto written =
      Named(to.dialect).WriteRequest(request, {to.model, to.max_output_tokens});
  if (const auto* error = std::get_if<ApiError>(&written)) {
    return TextOf(*error);
  }
  const auto& result = std::get<canonical::WrittenRequest>(written);
  std::string text;
  for (const std::string_view name : result.dropped) {
    text += "left out: " + std::string(name) + "\n";
  }
  return text + Minified(result.body) + "\n";
}

// The same of a section that was read from its file.
std::string Expected(const Section& section) {
  const std::size_t json = section.text.find('{');
  if (section.text.starts_with("refused: ") || json == std::string::npos) {
    return section.text;
  }
  return section.text.substr(0, json) + Minified(section.text.substr(json)) +
         "\n";
}

std::vector<std::string> Files() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(WEIR_GOLDEN_REQUESTS))) {
    files.push_back(entry.path().string());
  }
  return files;
}

class GoldenRequestTest : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenRequestTest, IsWhatTheFileSays) {
  std::ifstream file(GetParam());
  const std::vector<Section> sections = Parse(file);
  ASSERT_GE(sections.size(), 2U);
  for (std::size_t i = 1; i < sections.size(); ++i) {
    EXPECT_EQ(Translate(sections[0], sections[i]), Expected(sections[i]))
        << sections[i].dialect << " " << sections[i].model;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, GoldenRequestTest, ::testing::ValuesIn(Files()),
    [](const auto& test) {
      return std::filesystem::path(test.param).stem().string();
    });

}  // namespace
}  // namespace weir::dialect
