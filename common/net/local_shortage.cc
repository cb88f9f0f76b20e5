#include "common/net/local_shortage.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/system/errc.hpp>
#include <boost/system/error_code.hpp>

namespace weir::net {

bool IsLocalShortage(boost::system::error_code error) {
  namespace errc = boost::system::errc;
  return error == errc::too_many_files_open ||
         error == errc::too_many_files_open_in_system ||
         error == errc::no_buffer_space || error == errc::not_enough_memory;
}

bool CanOpenFiles() {
  const int descriptor = eventfd(0, EFD_CLOEXEC);
  if (descriptor < 0) return false;
  close(descriptor);
  return true;
}

}  // namespace weir::net
