// A client's request in the words of providers that speak another dialect.
#ifndef WEIR_DATAPLANE_ATTEMPT_TRANSLATE_REQUEST_H_
#define WEIR_DATAPLANE_ATTEMPT_TRANSLATE_REQUEST_H_

#include <memory>
#include <optional>

#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/dialect.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// Reads the request when it is first wanted in other words; costs nothing where
// nobody wants that. Lives on its request's coroutine; not thread-safe.
class TranslatedRequest {
 public:
  // `request` outlives this.
  explicit TranslatedRequest(const Request& request);
  ~TranslatedRequest();

  // Writes what the candidate's provider gets, where that is not the client's
  // own words. 400 where it can't be: the request is malformed, or can't be
  // said in the provider's dialect. REQUIRES: one that speaks another dialect
  // has a target.
  std::optional<dialect::ApiError> WriteFor(const Candidate& candidate);

  // What was written for it; null for one that gets the client's words. Good
  // until Forget().
  const dialect::canonical::WrittenRequest* For(
      const Candidate& candidate) const;

  // What the client asks, in the form that all dialects share. REQUIRES: For()
  // has returned something.
  const dialect::canonical::Request& read() const;

  // Frees what was written: nobody sends it any more.
  void Forget();

 private:
  struct State;

  const Request& request_;
  std::unique_ptr<State> state_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_TRANSLATE_REQUEST_H_
