#include "controlplane/rpc/shared_buffer.h"

#include <grpcpp/support/slice.h>

#include <utility>

namespace weir::controlplane {

grpc::ByteBuffer ShareBytes(SharedBytes bytes) {
  auto* owner = new SharedBytes(std::move(bytes));
  // The slice only reads, though its constructor wants a mutable pointer.
  const grpc::Slice slice(
      const_cast<char*>((*owner)->data()), (*owner)->size(),
      [](void* data) { delete static_cast<SharedBytes*>(data); }, owner);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace weir::controlplane
