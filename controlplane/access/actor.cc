#include "controlplane/access/actor.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "common/concat.h"

namespace weir::controlplane {
namespace {

constexpr std::string_view kNoRole = "-";
// A name of which each byte was escaped.
constexpr std::size_t kMostOfAName = 500;

// What was escaped at the other end stays as it is: its escapes are printable.
std::string Cut(std::string_view text) {
  std::string cut(text.substr(0, kMostOfAName));
  std::replace_if(
      cut.begin(), cut.end(),
      [](char byte) {
        return !absl::ascii_isprint(static_cast<unsigned char>(byte));
      },
      '?');
  return cut;
}

}  // namespace

std::string ToText(const Actor& actor) {
  return Concat(actor.role.empty() ? kNoRole : std::string_view(actor.role),
                " ", actor.name);
}

Actor ParseActor(std::string_view text) {
  const std::size_t role_end = std::min(text.find(' '), text.size());
  const std::string_view role = text.substr(0, role_end);
  const std::size_t name_begin = std::min(role_end + 1, text.size());
  return {Cut(text.substr(name_begin)),
          role == kNoRole ? std::string() : Cut(role)};
}

}  // namespace weir::controlplane
