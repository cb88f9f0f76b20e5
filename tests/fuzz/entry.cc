// Where libFuzzer comes in; replay.cc does by the same door.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/one_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  weir::fuzz::OneInput({reinterpret_cast<const char*>(data), size});
  return 0;
}
