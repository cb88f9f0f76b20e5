#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/yaml.h"

namespace weir::config {
namespace {

// The field around `field`: `a[2].b` is in `a[2]`, that in `a`, that in the
// file.
std::string_view Around(std::string_view field) {
  const auto end = field.find_last_of(".[");
  return end == std::string_view::npos ? std::string_view()
                                       : field.substr(0, end);
}

std::string DescribeOne(const Problem& problem) {
  std::string line = problem.field;
  if (!line.empty()) line += ": ";
  line += problem.what;
  if (!problem.fix.empty()) line += "; " + problem.fix;
  return line;
}

}  // namespace

void FieldLines::Set(std::string field, int line) {
  lines_.insert_or_assign(std::move(field), line);
}

std::optional<int> FieldLines::Find(std::string_view field) const {
  for (;;) {
    if (const auto it = lines_.find(field); it != lines_.end()) {
      return it->second;
    }
    if (field.empty()) return std::nullopt;
    field = Around(field);
  }
}

std::string Describe(const std::vector<Problem>& problems,
                     const FieldLines& lines, std::string_view file_name) {
  std::string text;
  for (const Problem& problem : problems) {
    if (!text.empty()) text += '\n';
    text += file_name;
    if (const std::optional<int> line = lines.Find(problem.field)) {
      text += ':' + std::to_string(*line);
    }
    text += ": " + DescribeOne(problem);
  }
  return text;
}

std::string Describe(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    if (!text.empty()) text += '\n';
    text += DescribeOne(problem);
  }
  return text;
}

}  // namespace weir::config
