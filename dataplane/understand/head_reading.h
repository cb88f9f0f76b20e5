// What the heads of one connection ask for.
#ifndef WEIR_DATAPLANE_UNDERSTAND_HEAD_READING_H_
#define WEIR_DATAPLANE_UNDERSTAND_HEAD_READING_H_

#include <cstdint>
#include <memory>

#include "dataplane/http1/head.h"
#include "dataplane/understand/client_wishes.h"
#include "dataplane/understand/endpoint.h"

namespace weir::dataplane {

// Reads a head again only where it is not the last one again, as nearly always.
//
// Not thread-safe.
class HeadReading {
 public:
  // `head` is of the one connection, and stays until the next call.
  void Read(const http1::RequestHead& head);

  // Of the head that was read last.
  const Route& route() const { return route_; }
  const WishHeaders& wishes() const;

 private:
  std::uint64_t serial_ = 0;
  Route route_;
  // Null where there are none: every idle connection has these.
  std::unique_ptr<const WishHeaders> wishes_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_HEAD_READING_H_
