#include "dataplane/take_on.h"

#include <optional>

#include "common/dialect/api_error.h"
#include "common/random.h"
#include "dataplane/http1/head.h"
#include "dataplane/read/admission.h"
#include "dataplane/read/load_shedding.h"
#include "dataplane/understand/client_wishes.h"

namespace weir::dataplane {
namespace {

using dialect::ApiError;

bool Sheds(const http1::RequestHead& head, LoadShedding& shedding,
           Random& random) {
  shedding.OnRequest();
  // Nobody's head is searched while there is time for all.
  if (shedding.share() == 0) return false;
  const auto criticality = ReadWishes(head).criticality == kSheddable
                               ? Criticality::kSheddable
                               : Criticality::kNormal;
  return shedding.Sheds(criticality, random.Uniform());
}

}  // namespace

std::optional<ApiError> TakeOn(const http1::RequestHead& head,
                               Admission& admission, LoadShedding& shedding,
                               Random& random, Admission::Hold& hold) {
  hold = admission.TakeRequest();
  if (!hold) {
    return ApiError{503, "overloaded",
                    "This gateway has as many requests in flight as it may; "
                    "try again."};
  }
  if (Sheds(head, shedding, random)) {
    return ApiError{503, "overloaded",
                    "This gateway gets more requests than it has time for; "
                    "try again."};
  }
  return std::nullopt;
}

}  // namespace weir::dataplane
