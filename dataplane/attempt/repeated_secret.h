// Errors in which a provider repeats what it was called with.
#ifndef WEIR_DATAPLANE_ATTEMPT_REPEATED_SECRET_H_
#define WEIR_DATAPLANE_ATTEMPT_REPEATED_SECRET_H_

#include <string>
#include <string_view>

namespace weir::dataplane {

// Whether a client that reads `text` reads `secret`. One that is too short to
// be one, below 8 bytes, is nowhere. Pure.
bool Repeats(std::string_view text, std::string_view secret);

// `text` with a star for each byte of it that is of `secret`, so that its
// length is what it was. Pure.
std::string Starred(std::string_view text, std::string_view secret);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_REPEATED_SECRET_H_
