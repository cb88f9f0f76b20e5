#include "dataplane/attempt/repeated_secret.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::dataplane {
namespace {

constexpr std::size_t kShortestSecret = 8;

}  // namespace

bool Repeats(std::string_view text, std::string_view secret) {
  return secret.size() >= kShortestSecret &&
         text.find(secret) != std::string_view::npos;
}

std::string Starred(std::string_view text, std::string_view secret) {
  std::string starred(text);
  if (!Repeats(text, secret)) return starred;
  for (std::size_t at = starred.find(secret); at != std::string::npos;
       at = starred.find(secret, at + secret.size())) {
    starred.replace(at, secret.size(), secret.size(), '*');
  }
  return starred;
}

}  // namespace weir::dataplane
