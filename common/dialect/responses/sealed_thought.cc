#include "common/dialect/responses/sealed_thought.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/concat.h"

namespace weir::dialect {
namespace {

// OpenAI's own are base64, which has no dots.
constexpr std::pair<SealKind, std::string_view> kPrefixes[] = {
    {SealKind::kSignature, "weir.thought."},
    {SealKind::kRedacted, "weir.hidden."},
    {SealKind::kCallSignature, "weir.call."},
};

}  // namespace

std::string EncryptedContentOf(const Seal& seal) {
  std::string_view begin;
  for (const auto& [kind, prefix] : kPrefixes) {
    if (kind == seal.kind) begin = prefix;
  }
  return Concat(begin, seal.data);
}

std::optional<Seal> SealIn(std::string_view encrypted_content) {
  for (const auto& [kind, prefix] : kPrefixes) {
    if (encrypted_content.starts_with(prefix)) {
      return Seal{kind, encrypted_content.substr(prefix.size())};
    }
  }
  return std::nullopt;
}

}  // namespace weir::dialect
