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
  const std::size_t line_end = message.rfind('\n', kMaxMessage);
  const bool is_one_line = line_end == absl::string_view::npos;
  const std::size_t end = is_one_line ? kMaxMessage : line_end;
  const absl::string_view kept = message.substr(0, end);
  const absl::string_view rest = message.substr(end);
  const auto missing = std::count(rest.begin(), rest.end(), '\n');
  return absl::StrCat(kept, is_one_line ? "..." : "",
                      missing == 0
                          ? ""
                          : absl::StrCat("\n... and ", missing, " more problem",
                                         missing == 1 ? "" : "s"));
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      Shortened(status.message()));
}

grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                 const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

}  // namespace weir::controlplane
