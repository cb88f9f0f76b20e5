// Memory for what every request makes and drops.
#ifndef WEIR_DATAPLANE_IO_RECYCLED_H_
#define WEIR_DATAPLANE_IO_RECYCLED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

namespace weir::dataplane::io {

namespace recycled_internal {

// Sizes are rounded up to a multiple of this; those of kShelves such steps and
// more are malloc()'s.
inline constexpr std::size_t kStep = 64;
inline constexpr std::size_t kShelves = 64;
// Of one size; after a peak the rest is given back.
inline constexpr std::uint32_t kMostKept = 256;

#ifdef __SANITIZE_ADDRESS__
// AddressSanitizer only sees the end of what is freed.
inline constexpr bool kKeeps = false;
#else
inline constexpr bool kKeeps = true;
#endif

struct Piece {
  Piece* next;
};

struct Shelf {
  Piece* first;
  std::uint32_t count;
};

// Plain data, so that a look at it costs no check whether it was made.
extern constinit thread_local std::array<Shelf, kShelves> shelves;

// Where a shelf is empty; `bytes` is what it is for.
void* TakeNew(std::size_t bytes);

constexpr std::size_t StepsOf(std::size_t size) {
  return (size + kStep - 1) / kStep;
}

}  // namespace recycled_internal

// A request starts some coroutines and makes a few objects of its own. malloc()
// takes a fifth of a small request's instructions for them; here each is a look
// at a list, inline because its size is known where it is made. What was given
// back last is taken first, while it is in the cache.
//
// Thread safety: each thread keeps its own; give back where it was taken.
inline void* TakeMemory(std::size_t size) {
  using namespace recycled_internal;
  const std::size_t steps = StepsOf(size);
  if (steps >= kShelves) return ::operator new(size);
  Shelf& shelf = shelves[steps];
  Piece* const piece = shelf.first;
  if (piece == nullptr) return TakeNew(steps * kStep);
  shelf.first = piece->next;
  --shelf.count;
  return piece;
}

inline void GiveBackMemory(void* memory, std::size_t size) noexcept {
  using namespace recycled_internal;
  const std::size_t steps = StepsOf(size);
  if (!kKeeps || steps >= kShelves || shelves[steps].count >= kMostKept) {
    return ::operator delete(memory);
  }
  Shelf& shelf = shelves[steps];
  shelf.first = new (memory) Piece{shelf.first};
  ++shelf.count;
}

// Objects of classes derived from it live in such memory.
struct Recycled {
  static void* operator new(std::size_t size) { return TakeMemory(size); }
  static void operator delete(void* memory, std::size_t size) {
    GiveBackMemory(memory, size);
  }
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_RECYCLED_H_
