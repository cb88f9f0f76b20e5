// What other vendors want back of a thought, in the field that OpenAI's clients
// give back unread: `encrypted_content` of a reasoning item.
#ifndef WEIR_COMMON_DIALECT_RESPONSES_SEALED_THOUGHT_H_
#define WEIR_COMMON_DIALECT_RESPONSES_SEALED_THOUGHT_H_

#include <optional>
#include <string>
#include <string_view>

namespace weir::dialect {

enum class SealKind {
  // Anthropic's signature below the thought that the item shows.
  kSignature,
  // A thought that Anthropic shows nobody.
  kRedacted,
  // Gemini's signature of the call that follows the item.
  kCallSignature,
};

struct Seal {
  SealKind kind;
  std::string_view data;
};

std::string EncryptedContentOf(const Seal& seal);

// The way back; nullopt for what OpenAI's servers made.
std::optional<Seal> SealIn(std::string_view encrypted_content);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RESPONSES_SEALED_THOUGHT_H_
