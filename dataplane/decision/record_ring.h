// Records of different sizes in memory of a fixed size: the oldest make room.
#ifndef WEIR_DATAPLANE_DECISION_RECORD_RING_H_
#define WEIR_DATAPLANE_DECISION_RECORD_RING_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace weir::dataplane {

// Not thread-safe.
class RecordRing {
 public:
  // `bytes` of records, and at most `max_records` of them; both 1 or more. The
  // system gives the memory as it is used.
  RecordRing(std::size_t bytes, std::size_t max_records);

  // Makes room for a record of `size` bytes, which the caller fills before its
  // next call; `tag` is what Tag() of it will say. Null when it is larger than
  // the ring.
  char* Push(std::uint64_t tag, std::size_t size);

  std::size_t size() const { return size_; }
  // 0 is the newest. REQUIRES: age < size().
  std::string_view At(std::size_t age) const;
  std::uint64_t Tag(std::size_t age) const { return PlaceOf(age).tag; }

 private:
  struct Place {
    std::uint64_t tag;
    std::size_t begin;
    std::size_t end;
  };

  const Place& PlaceOf(std::size_t age) const {
    return places_[(next_ + places_.size() - 1 - age) % places_.size()];
  }
  const Place& Oldest() const { return PlaceOf(size_ - 1); }
  void MakeRoom(std::size_t begin, std::size_t end);

  const std::size_t capacity_;
  const std::unique_ptr<char[]> bytes_;
  // Where the next record goes, if it fits before the end.
  std::size_t head_ = 0;
  // The last size_ before next_ are records, in the order of their age.
  std::vector<Place> places_;
  std::size_t next_ = 0;
  std::size_t size_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_DECISION_RECORD_RING_H_
