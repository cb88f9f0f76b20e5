// Who is asked in the matrix of SDKs, and how it is told of it.
#ifndef WEIR_TESTS_END_TO_END_SDK_MATRIX_PLACES_H_
#define WEIR_TESTS_END_TO_END_SDK_MATRIX_PLACES_H_

#include <array>
#include <boost/json/value.hpp>
#include <string>

namespace weir::testing {

inline constexpr std::array<const char*, 3> kDialects = {"openai", "anthropic",
                                                         "gemini"};
// What every provider wants to be shown.
inline constexpr const char* kKey = "sk-of-the-provider";

// Where something is and what it is asked with, as matrix.mjs wants it.
boost::json::value Place(const std::string& address, const std::string& key);

// MODEL-at-DIALECT for each model that an SDK asks for, as in a resource file.
// `providers` are the names of those that speak kDialects.
std::string ModelsAtDialects(const std::array<std::string, 3>& providers);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_SDK_MATRIX_PLACES_H_
