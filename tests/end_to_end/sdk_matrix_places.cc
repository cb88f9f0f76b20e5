#include "tests/end_to_end/sdk_matrix_places.h"

#include <array>
#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"

namespace weir::testing {

boost::json::value Place(const std::string& address, const std::string& key) {
  return {{"url", absl::StrCat("http://", address)}, {"key", key}};
}

std::string ModelsAtDialects(const std::array<std::string, 3>& providers) {
  constexpr std::array<const char*, 3> kModels = {"gpt-5", "claude-sonnet-4-5",
                                                  "gemini-2.5-flash"};
  std::string models;
  for (const char* asked : kModels) {
    for (std::size_t i = 0; i < kDialects.size(); ++i) {
      absl::StrAppend(&models, "  - {name: ", asked, "-at-", kDialects.at(i),
                      ", max_output_tokens: 4096, targets: [{provider: ",
                      providers.at(i), ", model: ", kModels.at(i), "}]}\n");
    }
  }
  return models;
}

}  // namespace weir::testing
