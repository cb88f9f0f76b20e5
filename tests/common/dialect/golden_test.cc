// Whole answers and streams from each dialect to each other one, beside files
// that a person can read.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/stream_translation.h"
#include "common/dialect/dialect.h"

namespace weir::dialect {
namespace {

namespace fs = std::filesystem;

struct Pair {
  // A folder of golden/.
  std::string name;
  const Dialect* from;
  std::string to_name;
  const ClientApi* to;

  std::string Path(std::string_view file) const {
    return Concat(WEIR_GOLDEN_DIR, "/", name, "/", file);
  }
  std::string Input(std::string_view kind) const {
    return Path(Concat(from->name(), ".", kind));
  }
  std::string Output(std::string_view kind) const {
    return Path(Concat(from->name(), "-to-", to_name, ".", kind));
  }
};
void PrintTo(const Pair& pair, std::ostream* out) { *out << pair.Output(""); }

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

void ExpectGolden(const std::string& path, const std::string& got) {
  if (std::getenv("WEIR_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << got;
  }
  EXPECT_EQ(Read(path), got) << path;
}

// What answers of the Responses API repeat of a request.
std::string Repeated() {
  const auto read =
      OpenAiResponses().ReadRequest(R"({"input":"hi"})", Delivery::kWhole);
  return std::string(std::get<canonical::Request>(read).repeated);
}

canonical::AnswerIdentity Identity() {
  return {.id = "req_0123456789abcdef",
          .model = "asked-for",
          .created = 1'700'000'000,
          .input_tokens = 7,
          .stream_usage = true,
          .wants_sealed_thoughts = true,
          .repeated = Repeated(),
          .renamed_tools = {{"apply_patch", "apply_patch", "", true},
                            {"mcp__docs__search", "search", "mcp__docs"}}};
}

canonical::StreamTranslation Translation(const Pair& pair) {
  return {pair.from->NewAnswerReader(), pair.to->NewAnswerWriter(Identity())};
}

std::vector<Pair> Pairs() {
  const Dialect* const dialects[] = {&OpenAi(), &Anthropic(), &Gemini()};
  const std::pair<std::string, const ClientApi*> apis[] = {
      {"openai", &OpenAi()},
      {"responses", &OpenAiResponses()},
      {"anthropic", &Anthropic()},
      {"gemini", &Gemini()}};
  std::vector<Pair> pairs;
  for (const auto& entry : fs::directory_iterator(WEIR_GOLDEN_DIR)) {
    if (!entry.is_directory()) continue;
    for (const Dialect* from : dialects) {
      for (const auto& [to_name, to] : apis) {
        if (from->name() == to_name) continue;
        pairs.push_back({entry.path().filename().string(), from, to_name, to});
      }
    }
  }
  return pairs;
}

class GoldenTest : public ::testing::TestWithParam<Pair> {};

TEST_P(GoldenTest, AnAnswerBecomesWhatTheFileSays) {
  const auto reader = GetParam().from->NewAnswerReader();
  const std::string body = Read(GetParam().Input("json"));
  canonical::AnswerEvents events;
  ASSERT_EQ(reader->ReadWhole(body, events), absl::OkStatus());
  std::string got;
  const auto writer = GetParam().to->NewAnswerWriter(Identity());
  ASSERT_EQ(writer->WriteWhole(events, got), absl::OkStatus());
  ExpectGolden(GetParam().Output("json"), got + "\n");
}

TEST_P(GoldenTest, AStreamBecomesWhatTheFileSays) {
  canonical::StreamTranslation translation = Translation(GetParam());
  const std::string stream = Read(GetParam().Input("sse"));
  std::string got;
  ASSERT_EQ(translation.Feed(stream, got), absl::OkStatus());
  ASSERT_EQ(translation.EndOfBody(got), absl::OkStatus());
  EXPECT_TRUE(translation.ended());
  ExpectGolden(GetParam().Output("sse"), got);
}

TEST_P(GoldenTest, HowAStreamIsDividedChangesNothing) {
  const std::string stream = Read(GetParam().Input("sse"));
  const std::string want = Read(GetParam().Output("sse"));
  std::mt19937 random(20260101);
  for (const std::size_t most : {1U, 2U, 7U, 40U, 400U, 4000U}) {
    canonical::StreamTranslation translation = Translation(GetParam());
    std::string got;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size =
          std::uniform_int_distribution<std::size_t>(1, most)(random);
      // A copy of its own, so that views which are too old are noticed.
      const std::string piece = stream.substr(at, size);
      ASSERT_EQ(translation.Feed(piece, got), absl::OkStatus());
      at += size;
    }
    ASSERT_EQ(translation.EndOfBody(got), absl::OkStatus());
    EXPECT_EQ(got, want) << "in pieces of up to " << most;
  }
}

TEST_P(GoldenTest, AStreamThatIsCutIsNeverAWholeOne) {
  const std::string stream = Read(GetParam().Input("sse"));
  for (std::size_t size = 0; size < stream.size(); ++size) {
    canonical::StreamTranslation translation = Translation(GetParam());
    std::string got;
    ASSERT_EQ(translation.Feed(stream.substr(0, size), got), absl::OkStatus());
    const bool ended_before = translation.ended();
    const absl::Status end = translation.EndOfBody(got);
    // The last line ends that follow the end may be missing.
    if (end.ok()) {
      EXPECT_TRUE(ended_before || stream.find('{', size) == stream.npos)
          << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllPairs, GoldenTest, ::testing::ValuesIn(Pairs()),
                         [](const auto& test) {
                           return Concat(test.param.name, "_",
                                         test.param.from->name(), "_to_",
                                         test.param.to_name);
                         });

}  // namespace
}  // namespace weir::dialect
