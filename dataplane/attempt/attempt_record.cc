#include "dataplane/attempt/attempt_record.h"

#include "dataplane/attempt/failure.h"

namespace weir::dataplane {

HeldAgainst HeldAgainstOf(Blame blame) {
  switch (blame) {
    case Blame::kClient:
      return HeldAgainst::kClient;
    case Blame::kEndpoint:
      return HeldAgainst::kEndpoint;
    case Blame::kCredential:
      return HeldAgainst::kCredential;
    case Blame::kRateLimited:
      return HeldAgainst::kRateLimit;
    case Blame::kTarget:
      return HeldAgainst::kTarget;
    case Blame::kNobody:
      break;
  }
  return HeldAgainst::kNobody;
}

}  // namespace weir::dataplane
