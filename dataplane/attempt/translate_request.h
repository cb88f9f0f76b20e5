// A client's request in the words of providers that speak another dialect.
#ifndef WEIR_DATAPLANE_ATTEMPT_TRANSLATE_REQUEST_H_
#define WEIR_DATAPLANE_ATTEMPT_TRANSLATE_REQUEST_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/dialect/dialect.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// Reads the request when it is first wanted in other words, and writes it for
// one target after the other; costs nothing where nobody wants that. Lives on
// its request's coroutine; not thread-safe.
class TranslatedRequest {
 public:
  // `request` outlives this.
  explicit TranslatedRequest(const Request& request);
  ~TranslatedRequest();

  // Writes what the provider of `target` gets. 400 where that can't be: the
  // request is malformed, or can't be said in the provider's dialect.
  std::optional<dialect::ApiError> WriteFor(const ProviderEntry& provider,
                                            const TargetEntry& target);

  // What was written last. REQUIRES: WriteFor() returned no error.
  const std::string& body() const;
  // What of the request is not in it; constants.
  std::span<const std::string_view> dropped() const;

 private:
  struct State;

  const Request& request_;
  std::unique_ptr<State> state_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_TRANSLATE_REQUEST_H_
