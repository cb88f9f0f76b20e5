#include "dataplane/understand/json_path.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/concat.h"

namespace weir::dataplane {
namespace {

// More than anybody needs to find the place.
constexpr std::size_t kMostSteps = 12;
constexpr std::size_t kLongestKey = 64;

// One container that is open, and how far it has been read.
struct Step {
  bool is_object;
  std::string_view key;
  std::size_t index = 0;
};

// Behind the string that begins at `at`.
std::size_t EndOfString(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return std::min(at + 1, json.size());
}

std::string Written(const std::vector<Step>& steps) {
  std::string path;
  for (std::size_t i = 0; i < std::min(steps.size(), kMostSteps); ++i) {
    const Step& step = steps[i];
    if (step.is_object) {
      Append(path, path.empty() ? "" : ".", step.key.substr(0, kLongestKey));
    } else {
      Append(path, "[", step.index, "]");
    }
  }
  if (steps.size() > kMostSteps) path += "...";
  return path;
}

}  // namespace

std::string PathAt(std::string_view json, std::size_t offset) {
  json = json.substr(0, offset);
  std::vector<Step> steps;
  // The last string, which is a key once a colon follows.
  std::string_view text;
  for (std::size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      const std::size_t end = EndOfString(json, at);
      text = json.substr(at + 1, end - at - 2);
      at = end;
      continue;
    }
    if (c == '{' || c == '[') {
      steps.push_back({.is_object = c == '{', .key = {}});
    } else if ((c == '}' || c == ']') && !steps.empty()) {
      steps.pop_back();
    } else if (c == ':' && !steps.empty()) {
      steps.back().key = text;
    } else if (c == ',' && !steps.empty()) {
      ++steps.back().index;
    }
    ++at;
  }
  return Written(steps);
}

}  // namespace weir::dataplane
