#include "dataplane/decision/record_ring.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace weir::dataplane {

RecordRing::RecordRing(std::size_t bytes, std::size_t max_records)
    : capacity_(bytes),
      // Not made zero: that would touch all of it.
      bytes_(std::make_unique_for_overwrite<char[]>(bytes)),
      places_(max_records) {}

char* RecordRing::Push(std::uint64_t tag, std::size_t size) {
  if (size > capacity_) return nullptr;
  if (head_ + size > capacity_) {
    // What stands between here and the end is older than what stands at the
    // beginning.
    MakeRoom(head_, capacity_);
    head_ = 0;
  }
  MakeRoom(head_, head_ + size);
  if (size_ == places_.size()) --size_;
  places_[next_] = {tag, head_, head_ + size};
  next_ = (next_ + 1) % places_.size();
  ++size_;
  head_ += size;
  return bytes_.get() + head_ - size;
}

void RecordRing::MakeRoom(std::size_t begin, std::size_t end) {
  while (size_ > 0 && Oldest().begin < end && Oldest().end > begin) --size_;
}

std::string_view RecordRing::At(std::size_t age) const {
  const Place& place = PlaceOf(age);
  return {bytes_.get() + place.begin, place.end - place.begin};
}

}  // namespace weir::dataplane
