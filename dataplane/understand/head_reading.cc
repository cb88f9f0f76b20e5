#include "dataplane/understand/head_reading.h"

#include <memory>

#include "dataplane/http1/head.h"
#include "dataplane/understand/client_wishes.h"
#include "dataplane/understand/endpoint.h"

namespace weir::dataplane {

void HeadReading::Read(const http1::RequestHead& head) {
  if (head.serial != 0 && head.serial == serial_) return;
  serial_ = head.serial;
  route_ = RouteOf(head);
  const WishHeaders wishes = ReadWishes(head);
  wishes_ = wishes == WishHeaders()
                ? nullptr
                : std::make_unique<const WishHeaders>(wishes);
}

const WishHeaders& HeadReading::wishes() const {
  static constexpr WishHeaders kNone;
  return wishes_ == nullptr ? kNone : *wishes_;
}

}  // namespace weir::dataplane
