// One client connection, request after request.
#ifndef WEIR_DATAPLANE_ACCEPT_SESSION_H_
#define WEIR_DATAPLANE_ACCEPT_SESSION_H_

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "common/tls/openssl.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/pipeline.h"
#include "dataplane/read/request_reader.h"
#include "dataplane/relay/client_writer.h"
#include "dataplane/worker.h"

namespace weir::dataplane {

// Owned by its worker, which also waits for its end. Not thread-safe.
class Session final : public io::Stream::Watcher {
 public:
  // `tls` is null for plain text. `context` and `limits` outlive this.
  Session(asio::ip::tcp::socket socket, tls::ContextPtr tls,
          const PipelineContext& context, const WorkerLimits& limits);

  // Until either side ends it or the node drains.
  io::Task<> Run();

  // No request is being read or served: nobody misses the connection.
  bool idle() const { return idle_ && stream_->input().empty(); }
  // Ends the connection. A running request is interrupted first, so that a
  // stream's client gets its error event.
  void Stop();
  // Ends the connection, whatever goes on.
  void Abort() { stream_->Close(); }

 private:
  void OnInputOrEnd() override;
  // False: the client does not get that far in time, or does not want to.
  io::Task<bool> AgreeOnTls();
  // The client may still be sending: a reset would take the answer from it.
  io::Task<> Linger();

  const tls::ContextPtr tls_;
  const PipelineContext& context_;
  const WorkerLimits& limits_;
  const std::shared_ptr<io::Stream> stream_;
  Interrupt interrupt_;
  RequestReader reader_;
  ClientWriter writer_;
  Pipeline pipeline_;
  bool idle_ = true;
  bool stopping_ = false;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCEPT_SESSION_H_
