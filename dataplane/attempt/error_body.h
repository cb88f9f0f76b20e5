// What a provider's error says beyond the status that it has or stands for.
#ifndef WEIR_DATAPLANE_ATTEMPT_ERROR_BODY_H_
#define WEIR_DATAPLANE_ATTEMPT_ERROR_BODY_H_

#include <string_view>

namespace weir::dataplane {

enum class ErrorKind {
  kUnknown,
  kCredential,  // The account is empty or the key not good: another may be.
  kNoSuchModel,
  kTooLong,  // More tokens than the model takes.
};

// From the codes of OpenAI and what is compatible with it, of Anthropic and of
// Google, as the value of a `code`, `type`, `status` or `reason`, or from how a
// `message` begins. Nowhere else: an error may quote what the client wrote, and
// a client must not get a credential benched. Pure.
ErrorKind KindOfError(std::string_view body);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_ERROR_BODY_H_
