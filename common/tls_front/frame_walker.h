// Adds a header to every call of an HTTP/2 connection.
#ifndef WEIR_COMMON_TLS_FRONT_FRAME_WALKER_H_
#define WEIR_COMMON_TLS_FRONT_FRAME_WALKER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::tls_front {

// Walks what a client sends from frame to frame (RFC 9113, 4.1) without looking
// into them. Where a block of headers ends (END_HEADERS on HEADERS or
// CONTINUATION), that flag is taken away and a CONTINUATION that has it
// follows, with one field more: the last of the block, whatever is before it.
//
// However the bytes are divided, what comes out together is the same. Judges
// nothing: a preface or a frame that is none stays what it was, for whoever
// reads it to refuse.
//
// Not thread-safe.
class FrameWalker {
 public:
  static constexpr std::size_t kPrefaceBytes = 24;
  static constexpr std::size_t kHeaderBytes = 9;
  // Every peer takes frames of that size.
  static constexpr std::size_t kMaxFieldBytes = 16384;

  // Appends to `out` what becomes of `in`; up to eight bytes stay here until
  // more has come. `field` is what PeerField() makes, the same at each call.
  // REQUIRES: it has at most kMaxFieldBytes.
  void Walk(std::string_view in, std::string_view field, std::string& out);

 private:
  std::string_view TakeHeader(std::string_view in, std::string_view field,
                              std::string& out);
  void BeginFrame(std::string_view field, std::string& out);
  void EndBlock(std::string_view field, std::string& out) const;

  // Bytes that pass as they are: of the preface, then of a frame's payload.
  std::uint32_t passing_ = kPrefaceBytes;
  // What has come of the next frame's header.
  std::array<char, kHeaderBytes> header_;
  std::uint8_t header_size_ = 0;
  // The field is due behind this payload.
  bool ends_block_ = false;
};

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_FRAME_WALKER_H_
