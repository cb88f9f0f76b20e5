#include "dataplane/io/input_buffer.h"

namespace weir::dataplane::io {

constinit thread_local InputBuffers::Spare InputBuffers::spare_{};

struct InputBuffers::Sweeper {
  ~Sweeper() {
    while (spare_.first != nullptr) Free(Take());
    // Whatever comes later is not kept.
    spare_.count = kMostSpare;
  }
};

char* InputBuffers::Make() {
  thread_local const Sweeper sweeper;
  return new char[kInputCapacity + kInputPadding];
}

void InputBuffers::Free(char* buffer) { delete[] buffer; }

}  // namespace weir::dataplane::io
