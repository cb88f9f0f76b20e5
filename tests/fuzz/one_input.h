// What a fuzz target is.
#ifndef WEIR_TESTS_FUZZ_ONE_INPUT_H_
#define WEIR_TESTS_FUZZ_ONE_INPUT_H_

#include <string_view>

namespace weir::fuzz {

// Gives `input` to what is under test; aborts where that breaks a promise.
// Each target defines it. `input` ends where its memory ends, so that reading
// past it is noticed.
void OneInput(std::string_view input);

}  // namespace weir::fuzz

#endif  // WEIR_TESTS_FUZZ_ONE_INPUT_H_
