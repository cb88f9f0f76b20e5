// Bounds on what one worker holds at once.
#ifndef WEIR_DATAPLANE_READ_ADMISSION_H_
#define WEIR_DATAPLANE_READ_ADMISSION_H_

#include <cstdint>
#include <utility>

#include "dataplane/worker.h"

namespace weir::dataplane {

// Requests and body bytes in flight. Beyond the bounds a request is told 503 at
// once: waiting in a queue would only make it fail later and hold memory
// meanwhile.
//
// Not thread-safe; one per worker; outlives its holds.
class Admission {
 public:
  explicit Admission(const WorkerLimits& limits) : limits_(limits) {}

  // Gives back what it holds on destruction.
  class Hold {
   public:
    Hold() = default;
    Hold(Hold&& other) noexcept
        : count_(std::exchange(other.count_, nullptr)), held_(other.held_) {}
    Hold& operator=(Hold&& other) noexcept {
      std::swap(count_, other.count_);
      std::swap(held_, other.held_);
      return *this;
    }
    ~Hold() {
      if (count_ != nullptr) *count_ -= held_;
    }
    explicit operator bool() const { return count_ != nullptr; }

   private:
    friend class Admission;
    Hold(std::uint64_t& count, std::uint64_t held)
        : count_(&count), held_(held) {
      count += held;
    }
    std::uint64_t* count_ = nullptr;
    std::uint64_t held_ = 0;
  };

  // Empty when the bound is reached.
  Hold TakeRequest() {
    if (requests_ >= limits_.max_requests_in_flight) return {};
    return Hold(requests_, 1);
  }
  Hold TakeBytes(std::uint64_t bytes) {
    if (bytes > limits_.max_bytes_in_flight - bytes_) return {};
    return Hold(bytes_, bytes);
  }

  std::uint64_t requests() const { return requests_; }
  // Never more than the bound.
  std::uint64_t bytes() const { return bytes_; }

 private:
  const WorkerLimits& limits_;
  std::uint64_t requests_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_READ_ADMISSION_H_
