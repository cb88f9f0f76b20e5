// The chunked coding, read strictly and written.
#ifndef WEIR_DATAPLANE_HTTP1_CHUNKED_H_
#define WEIR_DATAPLANE_HTTP1_CHUNKED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::dataplane::http1 {

// Takes a chunked body apart, over any division of it into pieces.
//
// Strict: 1 to 15 hexadecimal digits, no extensions, CRLF after each size and
// each chunk. Trailers are read, checked and dropped; one that would change
// framing, routing or authentication is refused.
//
// Not thread-safe.
class ChunkedDecoder {
 public:
  enum class State { kMore, kDone, kBad };

  struct Step {
    State state;
    // Bytes of the input that were used.
    std::size_t consumed;
    // Part of the input that is body; empty is no end.
    std::string_view data;
  };

  // Takes up to one piece of body off the front of `input`. Call again with
  // the rest while something is consumed and the state is kMore.
  Step Next(std::string_view input);

  // The body in `input` where that is a whole chunk of data and nothing else,
  // which is taken then; otherwise empty, and nothing is.
  std::string_view TakeWhole(std::string_view input) const;

  // All that was taken consists of whole chunks, and more may follow.
  bool IsBetweenChunks() const { return at_ == At::kSize && digits_ == 0; }

 private:
  enum class At {
    kSize,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailer,
    kTrailerLf,
    kFinalLf,
    kDone,
  };

  struct SizeLine {
    std::uint64_t size = 0;
    // With its CRLF; 0: it is not there as a whole, or not as it must be.
    std::size_t length = 0;
  };
  static SizeLine ReadSizeLine(std::string_view input);
  // What stands before a chunk's data, or behind it, where all of it is there:
  // how much that is, 0 where it is not.
  std::size_t TakeSizeLine(std::string_view input);
  std::size_t TakeDataEnd(std::string_view input);
  bool TakeSizeByte(char c);
  bool TakeTrailerByte(char c);
  // Framing bytes, one at a time; false when `c` must not stand here.
  bool TakeByte(char c);

  At at_ = At::kSize;
  std::uint64_t size_ = 0;
  int digits_ = 0;
  std::size_t trailer_bytes_ = 0;
  // The name of the trailer being read, in lower case, cut off when too long
  // to be one of the refused names.
  std::array<char, 32> name_{};
  std::size_t name_size_ = 0;
  bool name_ended_ = false;
};

// `size` as a chunk's size line with its CRLF.
class ChunkSizeLine {
 public:
  // None.
  ChunkSizeLine() = default;
  explicit ChunkSizeLine(std::size_t size);
  std::string_view text() const {
    return {text_.data() + begin_, kEnd - begin_};
  }

 private:
  static constexpr std::size_t kEnd = 18;
  std::array<char, kEnd> text_;
  std::size_t begin_ = kEnd;
};

}  // namespace weir::dataplane::http1

#endif  // WEIR_DATAPLANE_HTTP1_CHUNKED_H_
