// Memory for what every request makes and drops.
#ifndef WEIR_DATAPLANE_IO_RECYCLED_H_
#define WEIR_DATAPLANE_IO_RECYCLED_H_

#include <cstddef>

namespace weir::dataplane::io {

// A request starts some twenty coroutines and a few objects of its own.
// malloc() takes a fifth of a small request's instructions for them; here each
// is a look at a list. What was given back last is taken first, while it is in
// the cache.
//
// Thread safety: each thread keeps its own; give back where it was taken.
void* TakeMemory(std::size_t size);
void GiveBackMemory(void* memory, std::size_t size) noexcept;

// Objects of classes derived from it live in such memory.
struct Recycled {
  static void* operator new(std::size_t size) { return TakeMemory(size); }
  static void operator delete(void* memory, std::size_t size) {
    GiveBackMemory(memory, size);
  }
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_RECYCLED_H_
