#include "dataplane/io/recycled.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

namespace weir::dataplane::io {
namespace {

// Sizes are rounded up to a multiple of this; those of kShelves such steps and
// more are malloc()'s.
constexpr std::size_t kStep = 64;
constexpr std::size_t kShelves = 64;
// Of one size; after a peak the rest is given back.
constexpr std::uint32_t kMostKept = 256;

#ifdef __SANITIZE_ADDRESS__
// AddressSanitizer only sees the end of what is freed.
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

struct Piece {
  Piece* next;
};

struct Shelf {
  Piece* first;
  std::uint32_t count;
};

// Plain data, so that a look at it costs no check whether it was made.
constinit thread_local std::array<Shelf, kShelves> shelves{};

// Gives back what is left when its thread ends.
struct Sweeper {
  ~Sweeper() {
    for (Shelf& shelf : shelves) {
      while (Piece* const piece = shelf.first) {
        shelf.first = piece->next;
        ::operator delete(piece);
      }
      // Whatever comes later is not kept.
      shelf.count = kMostKept;
    }
  }
};

}  // namespace

void* TakeMemory(std::size_t size) {
  const std::size_t steps = (size + kStep - 1) / kStep;
  if (steps >= kShelves) return ::operator new(size);
  Shelf& shelf = shelves[steps];
  Piece* const piece = shelf.first;
  if (piece == nullptr) {
    thread_local const Sweeper sweeper;
    return ::operator new(steps* kStep);
  }
  shelf.first = piece->next;
  --shelf.count;
  return piece;
}

void GiveBackMemory(void* memory, std::size_t size) noexcept {
  const std::size_t steps = (size + kStep - 1) / kStep;
  if (!kKeeps || steps >= kShelves || shelves[steps].count >= kMostKept) {
    return ::operator delete(memory);
  }
  Shelf& shelf = shelves[steps];
  shelf.first = new (memory) Piece{shelf.first};
  ++shelf.count;
}

}  // namespace weir::dataplane::io
