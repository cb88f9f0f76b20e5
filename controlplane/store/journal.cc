#include "controlplane/store/journal.h"

#include <string_view>

namespace weir::controlplane {

const char* SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return "critical";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      return "info";
  }
  return "info";
}

Severity SeverityByName(std::string_view name) {
  for (const Severity severity : {Severity::kCritical, Severity::kWarning}) {
    if (name == SeverityName(severity)) return severity;
  }
  return Severity::kInfo;
}

}  // namespace weir::controlplane
