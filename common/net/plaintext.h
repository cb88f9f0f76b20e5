// Where bytes may travel unprotected.
#ifndef WEIR_COMMON_NET_PLAINTEXT_H_
#define WEIR_COMMON_NET_PLAINTEXT_H_

#include <string_view>

namespace weir::net {

// kAnywhere is an operator's word for it: --insecure.
enum class Plaintext { kOnLoopback, kAnywhere };

// Whether `host:port` is of this machine alone: `localhost` or a literal
// address of the loopback interface; of several with commas between them, each.
// No name is looked up.
bool IsLoopback(std::string_view host_port);

inline bool MayBePlain(std::string_view host_port, Plaintext allowed) {
  return allowed == Plaintext::kAnywhere || IsLoopback(host_port);
}

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_PLAINTEXT_H_
