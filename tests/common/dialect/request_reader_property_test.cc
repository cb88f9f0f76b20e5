// Whatever JSON a client sends: a request or a 400, and never anything else.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
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

constexpr int kMutationsOfEach = 400;

// What is put in the place of a value.
constexpr std::string_view kValues[] = {"null",
                                        "true",
                                        "-1",
                                        "1e308",
                                        R"("")",
                                        R"("x")",
                                        "[]",
                                        "{}",
                                        "[[]]",
                                        "[{}]",
                                        "0",
                                        R"({"type":"text"})",
                                        "[7]",
                                        R"({"x":null})",
                                        R"("data:;base64,")"};

// The seeds: every request of the golden files.
std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(WEIR_GOLDEN_REQUESTS))) {
    std::ifstream file(entry.path());
    std::ostringstream text;
    text << file.rdbuf();
    const std::string all = text.str();
    const std::size_t begin = all.find("{");
    seeds.push_back(all.substr(begin, all.find("\n==", begin) - begin));
  }
  return seeds;
}

// `text` with one of its values, or its keys, replaced.
std::string Mutate(const std::string& text, std::mt19937_64& random) {
  std::string mutated = text;
  const auto pick = [&random](std::size_t size) {
    return static_cast<std::size_t>(random() % size);
  };
  const std::size_t colon = mutated.find(": ", pick(mutated.size()));
  if (colon == std::string::npos) return mutated;
  const std::size_t begin = colon + 2;
  const std::size_t end = mutated.find_first_of(",}]\n", begin);
  const std::string_view value = kValues[pick(std::size(kValues))];
  mutated.replace(begin, end - begin, value);
  return mutated;
}

void ExpectJson(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  EXPECT_FALSE(parser.parse(text.data(), text.size()).get(root)) << text;
}

TEST(RequestReaderPropertyTest, EveryBodyIsARequestOrA400) {
  std::mt19937_64 random(7);
  const Dialect* const dialects[] = {&OpenAi(), &Anthropic(), &Gemini()};
  const ClientApi* const askers[] = {&OpenAi(), &OpenAiResponses(),
                                     &Anthropic(), &Gemini()};
  int requests = 0;
  int refusals = 0;
  for (const std::string& seed : Seeds()) {
    std::string body = seed;
    for (int i = 0; i < kMutationsOfEach; ++i) {
      // Several mutations of one body, then from the seed again.
      body = Mutate(i % 4 == 0 ? seed : body, random);
      for (const ClientApi* from : askers) {
        const auto read = from->ReadRequest(body, Delivery::kStream);
        if (const auto* error = std::get_if<ApiError>(&read)) {
          EXPECT_EQ(error->status, 400);
          EXPECT_FALSE(error->message.empty());
          ++refusals;
          continue;
        }
        ++requests;
        for (const Dialect* to : dialects) {
          const auto written =
              to->WriteRequest(std::get<canonical::Request>(read), {"m", 4096});
          if (const auto* error = std::get_if<ApiError>(&written)) {
            EXPECT_EQ(error->status, 400);
          } else {
            ExpectJson(std::get<canonical::WrittenRequest>(written).body);
          }
        }
      }
    }
  }
  // Both ends are reached.
  EXPECT_GT(requests, 500);
  EXPECT_GT(refusals, 500);
}

}  // namespace
}  // namespace weir::dialect
