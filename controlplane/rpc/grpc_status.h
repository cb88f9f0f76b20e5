// The one place where a status becomes gRPC's.
#ifndef WEIR_CONTROLPLANE_RPC_GRPC_STATUS_H_
#define WEIR_CONTROLPLANE_RPC_GRPC_STATUS_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace weir::controlplane {

// The codes are the same. A long message is cut at a line's end, with the
// number of problems, a line each, that are missing: it travels in a header,
// and clients refuse headers beyond 8 KiB.
grpc::Status ToGrpc(const absl::Status& status);

// Ends a call of one answer, which is in place where `status` is OK.
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                 const absl::Status& status);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_GRPC_STATUS_H_
