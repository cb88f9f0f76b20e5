// One HTTP answer out of the bytes of a connection: its status, whether it was
// whole, and the events of a stream.
#ifndef WEIR_BENCH_LOADGEN_RESPONSE_READER_H_
#define WEIR_BENCH_LOADGEN_RESPONSE_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bench/loadgen/sse_scan.h"

namespace weir::bench {

// Thread safety: none needed.
class ResponseReader {
 public:
  enum class State {
    kNothing,   // No byte yet.
    kHead,      // Part of the head.
    kBody,      // The head and maybe part of the body.
    kComplete,  // All of it.
    kInvalid,   // No HTTP answer.
  };

  // `counted_header`: lower case; its value is kept for each answer. Empty for
  // none.
  explicit ResponseReader(std::string counted_header)
      : counted_header_(std::move(counted_header)) {}

  // Takes the next bytes. Bytes behind a complete answer make it invalid.
  State Feed(std::string_view bytes);
  // The peer will send no more.
  State End();
  // Begins with the next answer.
  void Reset();

  State state() const { return state_; }
  // REQUIRES: the head is whole, for all of these.
  int status() const { return status_; }
  bool keeps_open() const { return keeps_open_; }
  bool is_stream() const { return is_stream_; }
  const SseScan& events() const { return events_; }
  const std::string& counted_value() const { return counted_value_; }
  // The first bytes of the body of an answer that is not 2xx.
  const std::string& error_body() const { return error_body_; }

 private:
  enum class Framing { kLength, kChunked, kUntilClose };

  State FeedHead(std::string_view& bytes);
  bool ParseHead(std::string_view head);
  void OnHeader(std::string_view name, std::string_view value);
  State FeedBody(std::string_view& bytes);
  State FeedChunks(std::string_view& bytes);
  // What a line that ends a chunk or begins one says; nullopt: nonsense.
  std::optional<State> OnChunkLine();
  void OnPayload(std::string_view payload);

  const std::string counted_header_;
  State state_ = State::kNothing;
  std::string head_;
  int status_ = 0;
  bool keeps_open_ = true;
  bool is_stream_ = false;
  Framing framing_ = Framing::kUntilClose;
  std::uint64_t left_ = 0;  // Of the body, or of the chunk.
  std::string chunk_line_;
  enum class Expect {
    kSize,
    kData,
    kDataEnd,
    kLastEnd
  } expect_ = Expect::kSize;
  SseScan events_;
  std::string counted_value_;
  std::string error_body_;
};

}  // namespace weir::bench

#endif  // WEIR_BENCH_LOADGEN_RESPONSE_READER_H_
