#include "dataplane/understand/conversation_key.h"

#include <string_view>

#include "common/stable_hash.h"
#include "dataplane/request.h"

namespace weir::dataplane {
ConversationKeys ConversationKeysOf(std::string_view session,
                                    const ConversationMarks& marks) {
  ConversationKeys keys;
  if (!marks.prefix.empty()) keys.by_prefix = StableHash(marks.prefix);
  for (const std::string_view text : {session, marks.cache_key, marks.user}) {
    if (text.empty()) continue;
    keys.by_session = StableHash(text);
    return keys;
  }
  keys.by_session = keys.by_prefix;
  return keys;
}

}  // namespace weir::dataplane
