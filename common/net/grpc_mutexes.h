// How gRPC's mutexes watch each other.
#ifndef WEIR_COMMON_NET_GRPC_MUTEXES_H_
#define WEIR_COMMON_NET_GRPC_MUTEXES_H_

namespace weir::net {

// gRPC locks Abseil's mutexes, which Debian builds as for debugging: they keep
// a graph of who was locked below whom, ended the process where it had a
// cycle, and took a quarter of the CPU of gRPC. Off from now on, in the whole
// process. May be called again.
void StopWatchingMutexes();

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_GRPC_MUTEXES_H_
