// A node's access log: from its workers to its file.
#ifndef WEIR_DATAPLANE_NODE_ACCESS_LOG_H_
#define WEIR_DATAPLANE_NODE_ACCESS_LOG_H_

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "dataplane/access/access_log_carrier.h"
#include "dataplane/worker.h"

namespace weir::dataplane {

// Null where `path` is empty: none is kept. Errors of AccessLogFile::Open().
// `executor` is the carrier's; the workers outlive it.
absl::StatusOr<std::unique_ptr<AccessLogCarrier>> StartAccessLog(
    const std::string& path, boost::asio::any_io_executor executor,
    std::span<const std::unique_ptr<Worker>> workers);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_NODE_ACCESS_LOG_H_
