#include "tests/simprovider/settings.h"

#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

bool PathFits(std::string_view pattern, std::string_view path) {
  if (pattern.empty()) return true;
  if (pattern.ends_with('*')) {
    return path.starts_with(pattern.substr(0, pattern.size() - 1));
  }
  return path == pattern;
}

}  // namespace

bool Match::Hits(std::string_view request_path, std::string_view request_model,
                 Random& random) const {
  if (!PathFits(path, request_path) ||
      (!model.empty() && model != request_model) ||
      (probability < 1.0 && random.Uniform() >= probability)) {
    return false;
  }
  return remaining == nullptr || remaining->fetch_sub(1) > 0;
}

}  // namespace weir::simprovider
