#include "common/config/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"

namespace weir::config {
namespace {

// Above this a word is not a typing mistake, and comparing would only cost.
constexpr std::size_t kMaxWord = 256;
constexpr std::size_t kMaxCompared = 2000;
constexpr std::size_t kMaxListed = 12;

// `baseUrl`, `base-url` and `Base_URL` are all `baseurl`.
std::string Folded(std::string_view word) {
  std::string folded;
  for (const char c : word) {
    if (c == '_' || c == '-') continue;
    folded += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return folded;
}

// Insertions, deletions, replacements and swaps of neighbours: the optimal
// string alignment distance, by rows.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);  // Row i - 1.
  std::vector<std::size_t> above(b.size() + 1);   // Row i.
  std::vector<std::size_t> row(b.size() + 1);     // Row i + 1.
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replace = above[j] + (a[i] == b[j] ? 0 : 1);
      row[j + 1] = std::min({row[j] + 1, above[j + 1] + 1, replace});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
        row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::optional<std::string> Nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  if (word.size() > kMaxWord) return std::nullopt;
  const std::string folded = Folded(word);
  // A third of the word may be wrong, one letter at least.
  std::size_t best = std::max<std::size_t>(1, folded.size() / 3) + 1;
  const std::string* nearest = nullptr;
  const std::size_t compared = std::min(candidates.size(), kMaxCompared);
  for (std::size_t i = 0; i < compared; ++i) {
    const std::string& candidate = candidates[i];
    if (candidate.size() > kMaxWord) continue;
    const std::size_t distance = EditDistance(folded, Folded(candidate));
    if (distance < best) {
      best = distance;
      nearest = &candidate;
    }
  }
  if (nearest == nullptr) return std::nullopt;
  return *nearest;
}

std::string Suggest(std::string_view word, std::string_view noun,
                    const std::vector<std::string>& candidates) {
  if (const auto nearest = Nearest(word, candidates)) {
    return "did you mean \"" + *nearest + "\"?";
  }
  const std::string name(noun);
  if (candidates.empty()) return "there are no " + name;
  std::string known = "known " + name + ": ";
  const std::size_t listed = std::min(candidates.size(), kMaxListed);
  for (std::size_t i = 0; i < listed; ++i) {
    if (i > 0) known += ", ";
    known += candidates[i];
  }
  if (listed < candidates.size()) known += ", ...";
  return known;
}

}  // namespace weir::config
