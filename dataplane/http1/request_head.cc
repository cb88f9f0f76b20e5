#include <algorithm>
#include <cstddef>
#include <string_view>

#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/head_lines.h"

namespace weir::dataplane::http1 {
namespace {

struct MethodName {
  std::string_view text;
  Method method;
};

constexpr MethodName kMethods[] = {
    {"POST", Method::kPost},       {"GET", Method::kGet},
    {"HEAD", Method::kHead},       {"PUT", Method::kPut},
    {"PATCH", Method::kPatch},     {"DELETE", Method::kDelete},
    {"OPTIONS", Method::kOptions},
};

HeadError ReadMethod(std::string_view text, RequestHead& head) {
  head.method_text = text;
  for (const MethodName& known : kMethods) {
    if (text == known.text) {
      head.method = known.method;
      return kOk;
    }
  }
  if (text.empty() || text.size() > 32 || !AllAre(text, kToken)) {
    return Bad("malformed method");
  }
  if (text == "CONNECT" || text == "TRACE") return {405, "method not allowed"};
  return {501, "unknown method"};
}

// Encoded NUL, CR, LF, slash and backslash make two hops disagree about where a
// path divides.
bool HasDeceptiveEscape(std::string_view path) {
  for (std::size_t i = path.find('%'); i != std::string_view::npos;
       i = path.find('%', i + 1)) {
    if (i + 2 >= path.size()) return true;
    const char high = Lower(path[i + 1]);
    const char low = Lower(path[i + 2]);
    if (high == '0' && (low == '0' || low == 'd' || low == 'a')) return true;
    if (high == '2' && low == 'f') return true;
    if (high == '5' && low == 'c') return true;
  }
  return false;
}

HeadError ReadTarget(std::string_view target, RequestHead& head) {
  head.target = target;
  if (target == "*" && head.method == Method::kOptions) {
    head.path = target;
    return kOk;
  }
  if (target.empty() || target.front() != '/') {
    return Bad("request target does not begin with a slash");
  }
  if (!AllAre(target, kTarget)) {
    return Bad("request target holds a character that it must not hold");
  }
  const std::size_t question = target.find('?');
  head.path = target.substr(0, question);
  head.query = question == std::string_view::npos ? std::string_view()
                                                  : target.substr(question + 1);
  if (HasDeceptiveEscape(head.path)) {
    return Bad("request path holds an escape that it must not hold");
  }
  return kOk;
}

HeadError ReadRequestLine(std::string_view line, RequestHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return Bad("request line is not `METHOD TARGET VERSION`");
  }
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (HeadError e = ReadVersion(line.substr(last + 1), head.minor_version);
      e.status != 0) {
    return e;
  }
  if (HeadError e = ReadMethod(line.substr(0, first), head); e.status != 0) {
    return e;
  }
  return ReadTarget(target, head);
}

bool IsPort(std::string_view text) {
  return text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A name or an address in brackets, then perhaps a port; RFC 3986 section 3.2.
bool IsValidHost(std::string_view host) {
  std::string_view behind;
  if (host.starts_with('[')) {
    const std::size_t close = host.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    if (!AllAre(host.substr(1, close - 1), kAddress)) return false;
    behind = host.substr(close + 1);
  } else {
    const std::size_t colon = std::min(host.find(':'), host.size());
    if (colon == 0 || !AllAre(host.substr(0, colon), kHostName)) return false;
    behind = host.substr(colon);
  }
  return behind.empty() || (behind.front() == ':' && IsPort(behind.substr(1)));
}

HeadError CheckRequest(const Seen& seen, RequestHead& head) {
  if (seen.host == nullptr) {
    // RFC 9112 section 3.2 asks for one since 1.1; balancers check by 1.0.
    if (head.minor_version > 0) return Bad("no Host");
  } else if (!IsValidHost(seen.host->value())) {
    return Bad("Host is not a host");
  }
  const bool may_have_body = head.method == Method::kPost ||
                             head.method == Method::kPut ||
                             head.method == Method::kPatch;
  if (!may_have_body && head.framing != BodyFraming::kNone) {
    return Bad("this method takes no body");
  }
  if (head.minor_version == 0) head.says_close = true;
  for (std::size_t i = 0; i < head.header_count; ++i) {
    const Header& header = head.headers[i];
    if (header.id() == HeaderId::kAuthorization) {
      if (!head.authorization.empty())
        return Bad("more than one Authorization");
      head.authorization = header.value();
    } else if (header.id() == HeaderId::kApiKey) {
      if (!head.api_key.empty()) return Bad("more than one x-api-key");
      head.api_key = header.value();
    } else if (header.id() == HeaderId::kGoogApiKey) {
      if (!head.goog_api_key.empty())
        return Bad("more than one x-goog-api-key");
      head.goog_api_key = header.value();
    } else if (header.id() == HeaderId::kExpect) {
      if (!EqualsIgnoringCase(header.value(), "100-continue")) {
        return {417, "only Expect: 100-continue is understood"};
      }
      head.expects_continue = true;
    }
  }
  return kOk;
}

}  // namespace

ParseResult ParseRequestHead(std::string_view bytes, RequestHead& head) {
  Reset(head);
  head.authorization = {};
  head.api_key = {};
  head.goog_api_key = {};
  head.query = {};
  head.expects_continue = false;
  head.serial = 0;
  // RFC 9112 section 2.2 asks to overlook one empty line before a request.
  const std::size_t skipped = bytes.starts_with("\r\n") ? 2 : 0;
  const std::size_t end = FindEmptyLine(bytes, skipped);
  if (end == std::string_view::npos || end > kMaxHeadBytes) {
    return Incomplete(bytes);
  }
  head.size = end + 4;
  const std::string_view lines = bytes.substr(skipped, end + 2 - skipped);
  const std::size_t line_end = lines.find("\r\n");
  if (HeadError e = ReadRequestLine(lines.substr(0, line_end), head);
      e.status != 0) {
    return Refuse(e);
  }
  Seen seen;
  if (HeadError e = ReadHeaders(lines.substr(line_end + 2),
                                Underscore::kRefused, head, seen);
      e.status != 0) {
    return Refuse(e);
  }
  if (HeadError e = ReadFraming(seen, head); e.status != 0) return Refuse(e);
  if (HeadError e = CheckRequest(seen, head); e.status != 0) return Refuse(e);
  return {ParseState::kComplete};
}

}  // namespace weir::dataplane::http1
