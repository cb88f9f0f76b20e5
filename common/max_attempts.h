// How often providers are asked for one request.
#ifndef WEIR_COMMON_MAX_ATTEMPTS_H_
#define WEIR_COMMON_MAX_ATTEMPTS_H_

namespace weir {

// A node begins at most so many attempts for one request, hedges among them;
// what a load test may cost is reckoned with it.
inline constexpr int kMaxAttempts = 3;

}  // namespace weir

#endif  // WEIR_COMMON_MAX_ATTEMPTS_H_
