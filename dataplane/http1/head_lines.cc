#include "dataplane/http1/head_lines.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/header_id.h"

namespace weir::dataplane::http1 {
namespace {

// Calls `visit` for each element of a comma-separated list.
template <typename Visit>
void ForEachElement(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    visit(Trim(list.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

// A name that Connection lists is dropped by the next hop; nominating one of
// these would smuggle the message past its own framing or authentication.
bool MayBeNominated(std::string_view name) {
  const HeaderId id = IdOfHeader(name);
  return id != HeaderId::kHost && id != HeaderId::kTransferEncoding &&
         id != HeaderId::kAuthorization && id != HeaderId::kApiKey &&
         id != HeaderId::kGoogApiKey &&
         !StartsWithIgnoringCase(name, "content-");
}

HeadError ReadConnection(std::string_view value, HeadFields& head, Seen& seen) {
  bool bad = false;
  ForEachElement(value, [&](std::string_view element) {
    if (EqualsIgnoringCase(element, "close")) {
      head.says_close = true;
    } else if (EqualsIgnoringCase(element, "keep-alive")) {
      seen.says_keep_alive = true;
    } else if (!MayBeNominated(element)) {
      bad = true;
    } else {
      seen.nominates = true;
    }
  });
  if (bad) return Bad("Connection nominates a header that can't be dropped");
  return kOk;
}

// What Connection lists goes no further than this hop.
void MarkNominated(HeadFields& head) {
  for (std::size_t i = 0; i < head.header_count; ++i) {
    if (head.headers[i].id() != HeaderId::kConnection) continue;
    ForEachElement(head.headers[i].value(), [&](std::string_view element) {
      for (std::size_t k = 0; k < head.header_count; ++k) {
        Header& header = head.headers[k];
        if (header.id() == HeaderId::kOther &&
            EqualsIgnoringCase(header.name(), element)) {
          header.set_id(HeaderId::kHopByHop);
          head.ids |= BitOf(HeaderId::kHopByHop);
        }
      }
    });
  }
}

HeadError Note(const Header& header, HeadFields& head, Seen& seen) {
  switch (header.id()) {
    case HeaderId::kHost:
      if (seen.host != nullptr) return Bad("more than one Host");
      seen.host = &header;
      return kOk;
    case HeaderId::kContentLength:
      if (seen.length != nullptr) return Bad("more than one Content-Length");
      seen.length = &header;
      return kOk;
    case HeaderId::kTransferEncoding:
      if (seen.transfer_encoding != nullptr) {
        return Bad("more than one Transfer-Encoding");
      }
      seen.transfer_encoding = &header;
      return kOk;
    case HeaderId::kConnection:
      return ReadConnection(header.value(), head, seen);
    default:
      return kOk;
  }
}

// What is wrong with a line whose name does not end in a colon.
HeadError BadName(std::string_view line) {
  return line.substr(0, line.find("\r\n")).find(':') == std::string_view::npos
             ? Bad("header line without a colon")
             : Bad("header name holds a character that it must not hold");
}

// Takes a header's line off the front of `lines`.
HeadError ReadHeader(std::string_view& lines, Underscore underscore,
                     Header& header) {
  std::size_t colon = PlainNamePrefix(lines);
  std::uint8_t common = 0xff;
  while (Is(lines[colon], kToken)) {
    common &= internal::kClasses[static_cast<std::uint8_t>(lines[colon++])];
  }
  // Each line ends in CRLF, so that was no further.
  if (lines[colon] != ':') return BadName(lines);
  if (colon == 0) return Bad("header without a name");
  if (colon > kMaxHeaderNameBytes) return {431, "header name too long"};
  // Servers that turn headers into variables take `_` and `-` for the same, so
  // Transfer_Encoding could be read as framing further on.
  if (underscore == Underscore::kRefused && (common & kPlainToken) == 0) {
    return Bad("header name holds an underscore");
  }
  const HeaderId id = IdOfHeader(lines.substr(0, colon));
  if (!ReadValue(lines, id, colon, header)) {
    return Bad("header value holds a control character");
  }
  lines.remove_prefix(header.line().size());
  return kOk;
}

}  // namespace

HeadError ReadHeaders(std::string_view lines, Underscore underscore,
                      HeadFields& head, Seen& seen) {
  while (!lines.empty()) {
    if (head.header_count == kMaxHeaders) return {431, "too many headers"};
    Header& header = head.headers[head.header_count];
    if (HeadError e = ReadHeader(lines, underscore, header); e.status != 0) {
      return e;
    }
    ++head.header_count;
    head.ids |= BitOf(header.id());
    if (HeadError e = Note(header, head, seen); e.status != 0) return e;
  }
  if (seen.nominates) MarkNominated(head);
  return kOk;
}

HeadError ReadFraming(const Seen& seen, HeadFields& head) {
  if (seen.transfer_encoding != nullptr) {
    if (seen.length != nullptr) {
      return Bad("both Transfer-Encoding and Content-Length");
    }
    if (head.minor_version == 0) return Bad("Transfer-Encoding in HTTP/1.0");
    if (!EqualsIgnoringCase(seen.transfer_encoding->value(), "chunked")) {
      return Bad("Transfer-Encoding is not exactly `chunked`");
    }
    head.framing = BodyFraming::kChunked;
    return kOk;
  }
  if (seen.length == nullptr) return kOk;
  const auto length = ParseContentLength(seen.length->value());
  if (!length.has_value()) return Bad("Content-Length is not a number");
  head.content_length = *length;
  head.framing = *length == 0 ? BodyFraming::kNone : BodyFraming::kLength;
  return kOk;
}

HeadError ReadVersion(std::string_view version, int& minor_version) {
  if (version == "HTTP/1.1") {
    minor_version = 1;
  } else if (version == "HTTP/1.0") {
    minor_version = 0;
  } else if (version.size() == 8 && version.substr(0, 5) == "HTTP/" &&
             version[6] == '.') {
    return {505, "HTTP version is not 1.1 or 1.0"};
  } else {
    return Bad("request line does not end in an HTTP version");
  }
  return kOk;
}

// The head may still be on its way; what has come must not be wrong already.
ParseResult Incomplete(std::string_view bytes) {
  if (bytes.size() >= kMaxHeadBytes) return Refuse({431, "head too large"});
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) {
      return Refuse(Bad("line ends in a bare LF"));
    }
    if (bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] != '\n') {
      return Refuse(Bad("bare CR in the head"));
    }
    if (bytes[i] == '\0') return Refuse(Bad("NUL in the head"));
  }
  return {ParseState::kIncomplete};
}

void Reset(HeadFields& head) {
  head.header_count = 0;
  head.ids = 0;
  head.framing = BodyFraming::kNone;
  head.content_length = 0;
  head.says_close = false;
}

const Header* HeadFields::Find(HeaderId id) const {
  if ((ids & BitOf(id)) == 0) return nullptr;
  const std::size_t at_front = std::min(header_count, HeaderList::kBlock);
  for (const Header& header : headers.front().first(at_front)) {
    if (header.id() == id) return &header;
  }
  for (std::size_t i = at_front; i < header_count; ++i) {
    if (headers[i].id() == id) return &headers[i];
  }
  return nullptr;
}

std::optional<std::uint64_t> ParseContentLength(std::string_view value) {
  // 2^53, the largest that every JSON and HTTP implementation agrees on.
  constexpr std::uint64_t kMax = std::uint64_t{1} << 53;
  if (value.empty() || value.size() > 16) return std::nullopt;
  if (value.size() > 1 && value.front() == '0') return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : value) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number <= kMax ? std::optional(number) : std::nullopt;
}

}  // namespace weir::dataplane::http1
