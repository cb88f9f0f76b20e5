// Memory for what streams have read.
#ifndef WEIR_DATAPLANE_IO_INPUT_BUFFER_H_
#define WEIR_DATAPLANE_IO_INPUT_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::dataplane::io {

// Takes most heads, most requests, and some dozen events of a stream.
inline constexpr std::size_t kInputCapacity = std::size_t{16} << 10;
// simdjson may read this far past the end.
inline constexpr std::size_t kInputPadding = 64;

// Buffers of kInputCapacity and the padding. Nearly all streams wait nearly
// always, and hold none meanwhile: thousands of them share the few buffers that
// are being looked at, which stay in the cache. Each read takes one, so it is a
// look at a list; its first bytes say where the next one is.
//
// Thread safety: each thread keeps its own.
class InputBuffers {
 public:
  static char* Take() {
    char* const buffer = spare_.first;
    if (buffer == nullptr) return Make();
    std::memcpy(&spare_.first, buffer, sizeof(char*));
    --spare_.count;
    return buffer;
  }

  static void GiveBack(char* buffer) {
    if (spare_.count >= kMostSpare) return Free(buffer);
    std::memcpy(buffer, &spare_.first, sizeof(char*));
    spare_.first = buffer;
    ++spare_.count;
  }

 private:
  // Plain data, so that a look at it costs no check whether it was made.
  struct Spare {
    char* first;
    std::uint32_t count;
  };
  // Gives back what is left when its thread ends.
  struct Sweeper;

#ifdef __SANITIZE_ADDRESS__
  // AddressSanitizer only sees the end of what is freed.
  static constexpr std::uint32_t kMostSpare = 0;
#else
  // More are in use at once where many small requests run: 1 MiB.
  static constexpr std::uint32_t kMostSpare = 64;
#endif

  static char* Make();
  static void Free(char* buffer);

  static constinit thread_local Spare spare_;
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_INPUT_BUFFER_H_
