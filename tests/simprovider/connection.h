// One client connection: request after request, each answered by playing back
// what the provider decided.
#ifndef WEIR_TESTS_SIMPROVIDER_CONNECTION_H_
#define WEIR_TESTS_SIMPROVIDER_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "bench/event_loop/event_loop.h"
#include "tests/simprovider/byte_stream.h"
#include "tests/simprovider/dialect/http_request.h"
#include "tests/simprovider/playback.h"
#include "tests/simprovider/provider.h"
#include "tests/simprovider/stats.h"

namespace weir::simprovider {

// Thread safety: lives on one loop.
class Connection final : public bench::Watcher {
 public:
  // `on_closed` is called once, when the connection is over; the connection may
  // be destroyed at the end of that turn.
  Connection(bench::EventLoop& loop, ByteStream stream, Provider& provider,
             Stats& stats, std::function<void(Connection&)> on_closed);

  void OnReady(std::uint32_t events) override;

 private:
  enum class State {
    kReading,    // For a request, or idle between two.
    kAnswering,  // Playing back; the timer is armed while it waits.
    kEnding,     // All was said; `ending_` once it has left.
    kSilent,     // Hanging until the client leaves.
    kLingering,  // Closed from our side, until the client closes too.
    kClosed,
  };
  // Whether there is more to do before the next event.
  enum class Go { kOn, kWait };

  void Drive();
  Go ReadRequest();
  Go ReadSome();
  void Begin(const Request& request);
  Go Play();
  // kOn: all of `out_` has left.
  Go Flush();
  void Finish();
  void Refuse();
  void DrainInput();
  void OnTimer();
  void EndRequest(Outcome outcome);
  void Close();

  bench::EventLoop& loop_;
  ByteStream stream_;
  Provider& provider_;
  Stats& stats_;
  const std::function<void(Connection&)> on_closed_;
  bench::Timer timer_;

  State state_ = State::kReading;
  RequestReader reader_;
  bool readable_ = false;    // Bytes may wait in the socket.
  bool peer_ended_ = false;  // It will send no more.
  std::uint64_t served_ = 0;

  // Of the answer that is being given.
  std::optional<Playback> playback_;
  Provider::Subject subject_ = Provider::Subject::kModel;
  Ending ending_ = Ending::kKeepOpen;
  std::string out_;
  std::size_t written_ = 0;  // Of out_.
  std::uint64_t answer_bytes_ = 0;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_CONNECTION_H_
