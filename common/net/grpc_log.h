// Where gRPC's own log lines go.
#ifndef WEIR_COMMON_NET_GRPC_LOG_H_
#define WEIR_COMMON_NET_GRPC_LOG_H_

namespace weir::net {

// Into the process's log from now on, one a second at most: gRPC writes one for
// each handshake that fails, so that strangers could fill the disk. May be
// called again.
void TameGrpcLog();

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_GRPC_LOG_H_
