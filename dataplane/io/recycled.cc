#include "dataplane/io/recycled.h"

#include <array>
#include <cstddef>
#include <new>

namespace weir::dataplane::io::recycled_internal {

constinit thread_local std::array<Shelf, kShelves> shelves{};

namespace {

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

void* TakeNew(std::size_t bytes) {
  thread_local const Sweeper sweeper;
  return ::operator new(bytes);
}

}  // namespace weir::dataplane::io::recycled_internal
