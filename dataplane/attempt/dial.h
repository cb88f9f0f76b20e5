// A new connection to a provider.
#ifndef WEIR_DATAPLANE_ATTEMPT_DIAL_H_
#define WEIR_DATAPLANE_ATTEMPT_DIAL_H_

#include <boost/asio/io_context.hpp>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/dial_plan.h"
#include "common/net/tls.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"

namespace weir::dataplane {

// Connects as net::Dial() does, and with the same errors; CANCELLED when
// `interrupt` is raised. Name look-up, TCP and proxies are Asio's part, off the
// hot path; TLS goes over the stream as later everything does.
//
// All arguments outlive the call; `sessions` may be null.
io::Task<absl::StatusOr<std::shared_ptr<io::Stream>>> Dial(
    boost::asio::io_context& loop, io::TimerWheel& wheel,
    const net::DialPlan& plan, absl::Duration limit,
    net::TlsSessionCache* sessions, Interrupt& interrupt);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_DIAL_H_
