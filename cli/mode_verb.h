// `enable`, `drain` and `disable`, which providers and models have in common.
#ifndef WEIR_CLI_MODE_VERB_H_
#define WEIR_CLI_MODE_VERB_H_

#include <string>

#include "weir/config/v1/provider.pb.h"

namespace weir::cli {

struct ModeVerb {
  std::string verb;
  std::string help;
  config::v1::Mode mode;
  // What then holds: `is enabled`.
  std::string result;
};

inline const ModeVerb kModeVerbs[] = {
    {"enable", "Send it requests", config::v1::MODE_ENABLED, "is enabled"},
    {"drain", "Send it no new requests", config::v1::MODE_DRAINING,
     "is draining: it gets no new request, running ones finish"},
    {"disable", "Send it neither requests nor probes",
     config::v1::MODE_DISABLED, "is disabled: it gets no request and no probe"},
};

}  // namespace weir::cli

#endif  // WEIR_CLI_MODE_VERB_H_
