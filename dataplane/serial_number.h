// What tells one object from all others, those that are gone included.
#ifndef WEIR_DATAPLANE_SERIAL_NUMBER_H_
#define WEIR_DATAPLANE_SERIAL_NUMBER_H_

#include <atomic>
#include <cstdint>

namespace weir::dataplane {

// A member that makes its object known again by one comparison, where an
// address may be that of another one later. A copy is another object: it may be
// changed. Begins with 1.
//
// Thread safety: objects may be made and copied on any thread.
class SerialNumber {
 public:
  SerialNumber() : value_(Next()) {}
  SerialNumber(const SerialNumber& /*other*/) : value_(Next()) {}
  SerialNumber& operator=(const SerialNumber& other) {
    if (this != &other) value_ = Next();
    return *this;
  }

  std::uint64_t value() const { return value_; }

 private:
  static std::uint64_t Next() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  std::uint64_t value_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SERIAL_NUMBER_H_
