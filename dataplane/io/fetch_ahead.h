// Memory that will be needed, for the processor to fetch meanwhile.
#ifndef WEIR_DATAPLANE_IO_FETCH_AHEAD_H_
#define WEIR_DATAPLANE_IO_FETCH_AHEAD_H_

#include <array>
#include <cstddef>

namespace weir::dataplane::io {

// What is looked at as soon as input comes. Among thousands of streams that
// speak a few times a second none of it is in the cache by then; fetched before
// the system call that reads the input, it is when that returns.
//
// Names memory and does not look at it, so it may outlive it.
class FetchAhead {
 public:
  // What is more than kMost is left out.
  template <typename T>
  void Add(const T& object) {
    if (count_ == kMost) return;
    regions_[count_++] = {reinterpret_cast<const char*>(&object), sizeof(T)};
  }

  void Fetch() const {
    for (std::size_t i = 0; i < count_; ++i) {
      const char* const end = regions_[i].begin + regions_[i].size;
      for (const char* at = regions_[i].begin; at < end; at += kLine) {
        __builtin_prefetch(at, /*rw=*/1);
      }
    }
  }

 private:
  static constexpr std::size_t kMost = 8;
  // Of the cache, on x86-64 and most others.
  static constexpr std::size_t kLine = 64;

  struct Region {
    const char* begin;
    std::size_t size;
  };
  std::size_t count_ = 0;
  std::array<Region, kMost> regions_;
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_FETCH_AHEAD_H_
