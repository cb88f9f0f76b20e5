#include "tests/end_to_end/http_corpus.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"

namespace weir::testing {
namespace {

constexpr std::size_t kCutAt = 8192;
constexpr char kHost[] = "Host: localhost:8080\r\n";

// JSON holds the bytes as code points of Latin-1.
std::string FromLatin1(const std::string& utf8) {
  std::string bytes;
  for (std::size_t at = 0; at < utf8.size(); ++at) {
    const auto byte = static_cast<unsigned char>(utf8[at]);
    if (byte < 0x80) {
      bytes.push_back(utf8[at]);
    } else {
      const auto next = static_cast<unsigned char>(utf8[++at]);
      bytes.push_back(static_cast<char>((byte & 0x03U) << 6U | (next & 0x3FU)));
    }
  }
  return bytes;
}

std::string ManyHeaders() {
  std::string bytes = absl::StrCat("GET / HTTP/1.1\r\n", kHost);
  for (int number = 0; number < 10000; ++number) {
    absl::StrAppend(&bytes, "X-H-", number, ": value\r\n");
  }
  return bytes + "\r\n";
}

// What the publication lost of this case; `bytes` itself when nothing.
std::string Restored(const std::string& id, const std::string& bytes) {
  static const auto* const kLossy = new std::map<std::string, std::string>{
      {"MAL-NON-ASCII-URL",
       absl::StrCat("GET /caf\xC3\xA9 HTTP/1.1\r\n", kHost, "\r\n")},
      {"MAL-URL-OVERLONG-UTF8",
       absl::StrCat("GET /\xC0\xAF HTTP/1.1\r\n", kHost, "\r\n")},
      {"MAL-NON-ASCII-HEADER-NAME",
       absl::StrCat("GET / HTTP/1.1\r\n", kHost,
                    "X-T\xC3\xABst: value\r\n\r\n")},
      {"MAL-MANY-HEADERS", ManyHeaders()}};
  static const auto* const kTails = new std::map<std::string, std::string>{
      {"MAL-LONG-URL", absl::StrCat(" HTTP/1.1\r\n", kHost, "\r\n")},
      {"MAL-LONG-HEADER-VALUE", "\r\n\r\n"},
      {"MAL-LONG-HEADER-NAME", ": value\r\n\r\n"},
      {"MAL-LONG-METHOD", absl::StrCat(" / HTTP/1.1\r\n", kHost, "\r\n")},
      {"MAL-CHUNK-EXT-64K", "\r\nhello\r\n0\r\n\r\n"}};
  if (const auto lossy = kLossy->find(id); lossy != kLossy->end()) {
    return lossy->second;
  }
  const auto tail = kTails->find(id);
  if (tail == kTails->end() || bytes.size() != kCutAt) return bytes;
  return absl::StrCat(bytes, std::string(8 * kCutAt, bytes.back()),
                      tail->second);
}

Verdict VerdictOf(const std::string& id, const std::string& expected) {
  // RFC 9112 lets `OPTIONS *` ask about a server as a whole; refusing the form
  // is a server's right, and we serve no such thing.
  if (id == "COMP-OPTIONS-STAR") return Verdict::kEither;
  if (absl::StartsWith(expected, "!101")) return Verdict::kEither;
  const bool may_take =
      absl::StrContains(expected, "2xx") || absl::StrContains(expected, "200");
  const bool may_refuse = absl::StrContains(expected, "40") ||
                          absl::StrContains(expected, "close") ||
                          absl::StrContains(expected, "505") ||
                          absl::StrContains(expected, "417") ||
                          absl::StrContains(expected, "426");
  // "+ close" is about the connection after an answer.
  if (absl::EndsWith(expected, "+ close")) return Verdict::kTake;
  if (may_take) return may_refuse ? Verdict::kEither : Verdict::kTake;
  return absl::StrContains(expected, "timeout") ? Verdict::kSilence
                                                : Verdict::kRefuse;
}

}  // namespace

absl::StatusOr<std::vector<CorpusCase>> ReadCorpus() {
  std::ostringstream text;
  text << std::ifstream(WEIR_CORPUS_FILE).rdbuf();
  boost::json::error_code error;
  const boost::json::value corpus = boost::json::parse(text.str(), error);
  if (error || !corpus.is_array()) {
    return absl::NotFoundError(
        absl::StrCat(WEIR_CORPUS_FILE, ": ", error.message()));
  }
  std::vector<CorpusCase> cases;
  for (const boost::json::value& entry : corpus.get_array()) {
    const std::string id = At(entry, "/id");
    const std::string expected = At(entry, "/expected");
    cases.push_back(
        {.id = id,
         .expected = expected,
         .verdict = VerdictOf(id, expected),
         .bytes = Restored(id, FromLatin1(At(entry, "/rawRequest")))});
  }
  return cases;
}

CorpusCase AsChat(const CorpusCase& original, const std::string& key) {
  CorpusCase chat = original;
  const std::string line = "POST /v1/chat/completions ";
  const std::string credential = absl::StrCat(
      "Authorization: Bearer ", key, "\r\nContent-Type: application/json\r\n");
  for (const std::string begin : {"GET / ", "POST / "}) {
    if (!absl::StartsWith(chat.bytes, begin)) continue;
    chat.bytes.replace(0, begin.size(), line);
    const std::size_t end = chat.bytes.find("\r\n\r\n");
    if (end == std::string::npos) break;
    // A GET brings no framing: the body is framed well, the oddity stays.
    const std::string body = ChatBody("gpt-4.1");
    if (begin[0] == 'G' && end + 4 == chat.bytes.size()) {
      chat.bytes.insert(
          end + 2,
          absl::StrCat(credential, "Content-Length: ", body.size(), "\r\n"));
      chat.bytes += body;
    } else {
      chat.bytes.insert(end + 2, credential);
    }
    break;
  }
  return chat;
}

}  // namespace weir::testing
