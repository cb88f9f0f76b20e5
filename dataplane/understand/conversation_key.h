// What ties requests of one conversation together; pure.
#ifndef WEIR_DATAPLANE_UNDERSTAND_CONVERSATION_KEY_H_
#define WEIR_DATAPLANE_UNDERSTAND_CONVERSATION_KEY_H_

#include <string_view>

#include "dataplane/request.h"
#include "dataplane/understand/body_scan.h"

namespace weir::dataplane {

// By session: `session` (the header x-weir-session), else the body's
// `prompt_cache_key` or `user`, else the prefix. By prefix: that alone. Each
// the same on every node.
ConversationKeys ConversationKeysOf(std::string_view session,
                                    const ConversationMarks& marks);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_CONVERSATION_KEY_H_
