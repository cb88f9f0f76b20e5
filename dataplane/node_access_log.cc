#include "dataplane/node_access_log.h"

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "dataplane/access/access_log_carrier.h"
#include "dataplane/access/access_log_file.h"
#include "dataplane/worker.h"

namespace weir::dataplane {

absl::StatusOr<std::unique_ptr<AccessLogCarrier>> StartAccessLog(
    const std::string& path, boost::asio::any_io_executor executor,
    std::span<const std::unique_ptr<Worker>> workers) {
  if (path.empty()) return nullptr;
  auto file = AccessLogFile::Open(path);
  if (!file.ok()) return file.status();
  std::vector<AccessLogCarrier::Source> sources;
  for (const std::unique_ptr<Worker>& worker : workers) {
    sources.emplace_back([asked = worker.get()](auto done) {
      asked->TakeAccessLog(std::move(done));
    });
  }
  return std::make_unique<AccessLogCarrier>(
      std::move(executor), *std::move(file), std::move(sources));
}

}  // namespace weir::dataplane
