// A provider's answer in the dialect that the client speaks.
#ifndef WEIR_DATAPLANE_ATTEMPT_TRANSLATE_ANSWER_H_
#define WEIR_DATAPLANE_ATTEMPT_TRANSLATE_ANSWER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/dialect.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// A JSON answer beyond this is not translated.
inline constexpr std::size_t kMaxTranslated = std::size_t{16} << 20;

// Whether what `provider` answers to `request` is not in the client's dialect.
inline bool IsForeign(const Request& request, const ProviderEntry& provider) {
  return request.dialect != provider.dialect;
}

// Puts a whole answer, a good one or an error of the client's, into the
// client's words: what it holds becomes that. INVALID_ARGUMENT: the provider
// broke its own dialect.
//
// REQUIRES: the answer is complete and no stream; its status is the client's;
// `asked` is what the provider was asked.
absl::Status TranslateWhole(const Request& request,
                            const dialect::canonical::Request& asked,
                            const dialect::Dialect& provider_dialect,
                            absl::Time wall_now, Answer& answer);

// Prepares what the relay will do with each event of a stream.
void TranslateStream(const Request& request,
                     const dialect::canonical::Request& asked,
                     const dialect::Dialect& provider_dialect,
                     absl::Time wall_now, Answer& answer);

// An error of a provider, worded as it was.
std::string TranslateError(const Request& request, int status,
                           std::string_view body);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_TRANSLATE_ANSWER_H_
