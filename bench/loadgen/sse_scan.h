// What a client must know of an event stream: how many events came, and
// whether it ended as it should.
#ifndef WEIR_BENCH_LOADGEN_SSE_SCAN_H_
#define WEIR_BENCH_LOADGEN_SSE_SCAN_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::bench {

class SseScan {
 public:
  // Takes the stream's next bytes, cut anywhere.
  void Feed(std::string_view bytes);
  void Reset();

  // Events with data; comments are none.
  std::uint64_t events() const { return events_; }
  // `data: [DONE]`, the event that ends a Responses stream or an Anthropic
  // message, or Gemini's that has a reason to finish.
  bool terminated() const { return terminated_; }
  // An event that says that the stream failed.
  bool error() const { return error_; }

 private:
  void OnEvent(std::string_view event);

  std::string partial_;
  std::uint64_t events_ = 0;
  bool terminated_ = false;
  bool error_ = false;
};

}  // namespace weir::bench

#endif  // WEIR_BENCH_LOADGEN_SSE_SCAN_H_
