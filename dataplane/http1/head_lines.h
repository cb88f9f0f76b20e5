// The lines of a head, as requests and answers share them. Internal to http1.
#ifndef WEIR_DATAPLANE_HTTP1_HEAD_LINES_H_
#define WEIR_DATAPLANE_HTTP1_HEAD_LINES_H_

#include <cstddef>
#include <string_view>

#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane::http1 {

// A HeadError without a status is none.
inline constexpr HeadError kOk{0, nullptr};
constexpr HeadError Bad(const char* message) { return {400, message}; }
inline ParseResult Refuse(HeadError error) { return {ParseState::kBad, error}; }

// What a pass over the header lines has seen of framing.
struct Seen {
  const Header* host = nullptr;
  const Header* length = nullptr;
  const Header* transfer_encoding = nullptr;
  bool says_keep_alive = false;
  // Connection lists headers.
  bool nominates = false;
};

enum class Underscore { kAllowed, kRefused };

// Makes `head` empty again; does not touch what Parse*Head() always sets.
void Reset(HeadFields& head);

// The head may still be on its way; what has come must not be wrong already.
ParseResult Incomplete(std::string_view bytes);

HeadError ReadVersion(std::string_view version, int& minor_version);

// Without the blanks around it.
inline std::string_view Trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Reads the line that `lines` begin with, from the colon behind its name on.
// False where the value holds a control character, or does not end in CRLF
// within them.
inline bool ReadValue(std::string_view lines, HeaderId id,
                      std::size_t name_size, Header& header) {
  const char* const begin = lines.data() + name_size + 1;
  const char* const end_of_lines = lines.data() + lines.size();
  const char* const end = EndOfValue(begin, end_of_lines);
  if (end_of_lines - end < 2 || end[0] != '\r' || end[1] != '\n') return false;
  header = Header(
      id, lines.substr(0, static_cast<std::size_t>(end + 2 - lines.data())),
      name_size, Trim({begin, static_cast<std::size_t>(end - begin)}));
  return true;
}

// `lines` are whole lines with their CRLFs, without the empty one.
HeadError ReadHeaders(std::string_view lines, Underscore underscore,
                      HeadFields& head, Seen& seen);

// REQUIRES: ReadVersion() and ReadHeaders() have been called.
HeadError ReadFraming(const Seen& seen, HeadFields& head);

}  // namespace weir::dataplane::http1

#endif  // WEIR_DATAPLANE_HTTP1_HEAD_LINES_H_
