// Failures of a connection that say nothing of its peer.
#ifndef WEIR_COMMON_NET_LOCAL_SHORTAGE_H_
#define WEIR_COMMON_NET_LOCAL_SHORTAGE_H_

#include <boost/system/error_code.hpp>

namespace weir::net {

// Whether there was no connection for want of something of this machine's:
// descriptors (of the process or all), memory.
bool IsLocalShortage(boost::system::error_code error);

// Whether this process could open a file now, for failures that do not say why:
// getaddrinfo() turns the same shortage into a name that can't be looked up.
bool CanOpenFiles();

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_LOCAL_SHORTAGE_H_
