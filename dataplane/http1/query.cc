#include "dataplane/http1/query.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::dataplane::http1 {
namespace {

// Takes the first parameter off the query.
std::string_view TakeParameter(std::string_view& query) {
  const std::size_t end = query.find('&');
  const std::string_view parameter = query.substr(0, end);
  query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
  return parameter;
}

bool Names(std::string_view parameter, std::string_view name) {
  return parameter.starts_with(name) &&
         (parameter.size() == name.size() || parameter[name.size()] == '=');
}

}  // namespace

std::string_view QueryValue(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view parameter = TakeParameter(query);
    if (Names(parameter, name) && parameter.size() > name.size()) {
      return parameter.substr(name.size() + 1);
    }
  }
  return {};
}

void AppendQueryWithout(std::string_view query, std::string_view name,
                        std::string& out) {
  if (query.empty()) return;
  if (query.find(name) == std::string_view::npos) {
    out += '?';
    out += query;
    return;
  }
  char before = '?';
  while (!query.empty()) {
    const std::string_view parameter = TakeParameter(query);
    if (Names(parameter, name)) continue;
    out += before;
    out += parameter;
    before = '&';
  }
}

}  // namespace weir::dataplane::http1
