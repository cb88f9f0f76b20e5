// Whether a worker has room and time for one more request.
#ifndef WEIR_DATAPLANE_TAKE_ON_H_
#define WEIR_DATAPLANE_TAKE_ON_H_

#include <optional>

#include "common/dialect/api_error.h"
#include "common/random.h"
#include "dataplane/http1/head.h"
#include "dataplane/read/admission.h"
#include "dataplane/read/load_shedding.h"

namespace weir::dataplane {

// Sets `hold`, for as long as the request runs, or says why not: 503
// overloaded.
std::optional<dialect::ApiError> TakeOn(const http1::RequestHead& head,
                                        Admission& admission,
                                        LoadShedding& shedding, Random& random,
                                        Admission::Hold& hold);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TAKE_ON_H_
