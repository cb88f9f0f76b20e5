// One connection to the server under load: one request at a time.
#ifndef WEIR_BENCH_LOADGEN_CLIENT_H_
#define WEIR_BENCH_LOADGEN_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/event_loop/event_loop.h"
#include "bench/event_loop/file_descriptor.h"
#include "bench/loadgen/request_text.h"
#include "bench/loadgen/response_reader.h"
#include "bench/loadgen/results.h"

namespace weir::bench {

class Client;

// Who gives out the work.
class ClientOwner {
 public:
  virtual ~ClientOwner() = default;
  // The request of `client` has ended; it can take the next, whether its
  // connection lives or not.
  virtual void OnDone(Client& client, Fate fate, std::string_view detail) = 0;
  virtual void OnFirstEvent(Client& client) = 0;
  // The server ended an idle connection. The client connects again when used.
  virtual void OnIdleClose(Client& client) = 0;
  virtual void OnConnect() = 0;
};

// Thread safety: lives on one loop.
class Client final : public Watcher {
 public:
  Client(EventLoop& loop, const Target& target, ClientOwner& owner,
         const std::string& counted_header);

  // Sends `request`, which must live until the request has ended; connects
  // first where there is no connection. REQUIRES: !busy().
  void Send(Kind kind, TimePoint intended, std::string_view request);

  // Ends the running request so, and the connection with it.
  void Abort(Fate fate);

  bool busy() const { return busy_; }
  // Of the request that runs or ran last.
  Kind kind() const { return kind_; }
  TimePoint intended() const { return intended_; }
  TimePoint sent() const { return sent_; }
  const ResponseReader& response() const { return response_; }

  void OnReady(std::uint32_t events) override;

 private:
  void Connect();
  void Write();
  void Read();
  void OnAnswer();
  // The connection ended by itself.
  enum class End { kOrderly, kReset };
  void OnEnd(End end);
  void Finish(Fate fate, std::string_view detail);

  EventLoop& loop_;
  const Target& target_;
  ClientOwner& owner_;
  FileDescriptor socket_;
  bool connecting_ = false;
  bool peer_ended_ = false;  // It will send no more than what is here.

  bool busy_ = false;
  Kind kind_ = Kind::kJson;
  TimePoint intended_;
  TimePoint sent_;
  std::string_view request_;  // What is left to write.
  bool first_event_seen_ = false;
  ResponseReader response_;
};

}  // namespace weir::bench

#endif  // WEIR_BENCH_LOADGEN_CLIENT_H_
