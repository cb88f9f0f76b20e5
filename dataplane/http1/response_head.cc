#include <cstddef>
#include <string_view>

#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/head_lines.h"

namespace weir::dataplane::http1 {
namespace {

HeadError ReadStatusLine(std::string_view line, ResponseHead& head) {
  // `HTTP/1.1 200` with or without a reason.
  if (line.size() < 12 || line[8] != ' ') return Bad("malformed status line");
  if (HeadError e = ReadVersion(line.substr(0, 8), head.minor_version);
      e.status != 0) {
    return e;
  }
  int status = 0;
  for (const char c : line.substr(9, 3)) {
    if (c < '0' || c > '9') return Bad("malformed status");
    status = status * 10 + (c - '0');
  }
  if (status < 100 || status > 599) return Bad("status out of range");
  if (line.size() > 12 && line[12] != ' ') return Bad("malformed status line");
  if (line.size() > 12 && !AllAre(line.substr(12), kValue)) {
    return Bad("control character in the status line");
  }
  head.status = status;
  return kOk;
}

void FrameResponse(const Seen& seen, Method request_method,
                   ResponseHead& head) {
  const bool bodiless = request_method == Method::kHead || head.status < 200 ||
                        head.status == 204 || head.status == 304;
  if (bodiless) {
    head.framing = BodyFraming::kNone;
  } else if (seen.length == nullptr && seen.transfer_encoding == nullptr) {
    head.framing = BodyFraming::kUntilClose;
    head.says_close = true;
  }
  if (head.minor_version == 0 && !seen.says_keep_alive) head.says_close = true;
}

}  // namespace

ParseResult ParseResponseHead(std::string_view bytes, Method request_method,
                              ResponseHead& head) {
  Reset(head);
  const std::size_t end = FindEmptyLine(bytes);
  if (end == std::string_view::npos || end > kMaxHeadBytes) {
    return Incomplete(bytes);
  }
  head.size = end + 4;
  const std::string_view lines = bytes.substr(0, end + 2);
  const std::size_t line_end = lines.find("\r\n");
  if (HeadError e = ReadStatusLine(lines.substr(0, line_end), head);
      e.status != 0) {
    return Refuse(e);
  }
  Seen seen;
  if (HeadError e = ReadHeaders(lines.substr(line_end + 2),
                                Underscore::kAllowed, head, seen);
      e.status != 0) {
    return Refuse(e);
  }
  if (HeadError e = ReadFraming(seen, head); e.status != 0) return Refuse(e);
  FrameResponse(seen, request_method, head);
  return {ParseState::kComplete};
}

}  // namespace weir::dataplane::http1
