#include "controlplane/rpc/grpc_status.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"

namespace weir::controlplane {
namespace {

// Percent-encoding at most triples it where it is not plain ASCII.
constexpr std::size_t kMaxMessage = 2500;

std::string Shortened(absl::string_view message) {
  if (message.size() <= kMaxMessage) return std::string(message);
  std::size_t end = message.rfind('\n', kMaxMessage);
  if (end == absl::string_view::npos) end = kMaxMessage;
  const absl::string_view rest = message.substr(end);
  const auto lines = std::count(rest.begin(), rest.end(), '\n');
  return absl::StrCat(message.substr(0, end), "\n... and ",
                      std::max<std::ptrdiff_t>(lines, 1), " more lines");
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      Shortened(status.message()));
}

}  // namespace weir::controlplane
