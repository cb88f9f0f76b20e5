// Heads and chunked bodies of HTTP/1.1: what is whole is told apart the same
// however it comes, and what is taken has the shape that head.h promises.
#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/http1/chunked.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/query.h"
#include "dataplane/http1/repeated_response_head.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/one_input.h"
#include "tests/fuzz/pieces.h"

namespace weir::fuzz {
namespace {

namespace http1 = dataplane::http1;
using http1::ChunkedDecoder;
using http1::ParseResult;
using http1::ParseState;

bool IsOneLine(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) ==
         std::string_view::npos;
}

void CheckFields(const http1::HeadFields& head, std::string_view bytes) {
  Check(head.size <= bytes.size() && head.size <= http1::kMaxHeadBytes,
        "a head is part of what came");
  Check(bytes.substr(0, head.size).ends_with("\r\n\r\n"),
        "a head ends with an empty line", bytes);
  Check(head.header_count <= http1::kMaxHeaders, "headers are bounded");
  for (std::size_t i = 0; i < head.header_count; ++i) {
    const http1::Header& header = head.headers[i];
    Check(!header.name().empty() && IsOneLine(header.name()) &&
              IsOneLine(header.value()),
          "names and values are one line", header.line());
    Check(header.line().ends_with("\r\n") &&
              IsOneLine(header.line().substr(0, header.line().size() - 2)),
          "a header is one line", header.line());
  }
  const bool chunked = head.Find(http1::HeaderId::kTransferEncoding) != nullptr;
  const bool length = head.Find(http1::HeaderId::kContentLength) != nullptr;
  Check(!(chunked && length), "there is one kind of framing", bytes);
}

// Reads a head as it comes. `parse` is one of the parsers.
template <typename Head, typename Parse>
bool IsWhole(std::string_view bytes, Head& head, Parse parse) {
  const ParseResult whole = parse(bytes, head);
  ParseResult divided{ParseState::kIncomplete};
  std::string come;
  Head divided_head;
  InPieces(bytes, [&](std::string_view piece) {
    come += piece;
    const ExactCopy copy(come);
    divided = parse(copy.text(), divided_head);
    return divided.state == ParseState::kIncomplete;
  });
  Check(divided.state == whole.state, "pieces change no verdict", bytes);
  if (whole.state == ParseState::kBad) {
    Check(whole.error.status >= 400 && whole.error.message != nullptr,
          "a refusal says why");
  }
  if (whole.state != ParseState::kComplete) return false;
  Check(divided_head.size == head.size, "pieces change no head", bytes);
  CheckFields(head, bytes);
  return true;
}

struct Decoded {
  ChunkedDecoder::State state = ChunkedDecoder::State::kMore;
  std::size_t consumed = 0;
  std::string body;

  friend bool operator==(const Decoded&, const Decoded&) = default;
};

void Decode(std::string_view input, ChunkedDecoder& decoder, Decoded& decoded) {
  while (decoded.state == ChunkedDecoder::State::kMore && !input.empty()) {
    const ChunkedDecoder::Step step = decoder.Next(input);
    Check(step.consumed <= input.size(), "no more is used than there is");
    decoded.state = step.state;
    if (step.state == ChunkedDecoder::State::kBad) return;
    Check(step.consumed > 0 || step.state == ChunkedDecoder::State::kDone,
          "each step takes something");
    decoded.consumed += step.consumed;
    decoded.body += step.data;
    input.remove_prefix(step.consumed);
  }
}

void CheckChunked(std::string_view body) {
  ChunkedDecoder decoder;
  Decoded whole;
  Decode(body, decoder, whole);
  ChunkedDecoder again;
  Decoded divided;
  InPieces(body, [&again, &divided](std::string_view piece) {
    Decode(piece, again, divided);
    return divided.state == ChunkedDecoder::State::kMore;
  });
  Check(whole.state == divided.state, "pieces change no verdict", body);
  if (whole.state == ChunkedDecoder::State::kBad) return;
  Check(whole == divided, "pieces change no body", body);
}

void CheckQuery(std::string_view query) {
  std::string without;
  http1::AppendQueryWithout(query, "key", without);
  Check(without.empty() || without.starts_with("?"), "a query begins with ?");
  const std::string_view rest = without.empty()
                                    ? std::string_view()
                                    : std::string_view(without).substr(1);
  Check(http1::QueryValue(rest, "key").empty(), "the key stays here", query);
}

// A connection's second head, read after the first one, says what it says
// alone.
void CheckRepeated(std::string_view last, std::string_view next) {
  http1::RepeatedResponseHead repeated;
  repeated.Parse(ExactCopy(last).text(), http1::Method::kPost);
  http1::ResponseHead alone;
  const ParseResult want =
      http1::ParseResponseHead(next, http1::Method::kPost, alone);
  const ExactCopy copy(next);
  Check(repeated.Parse(copy.text(), http1::Method::kPost).state == want.state,
        "what came before changes no verdict", next);
  if (want.state != ParseState::kComplete) return;
  const http1::ResponseHead& head = repeated.head();
  Check(head.size == alone.size && head.status == alone.status &&
            head.framing == alone.framing &&
            head.content_length == alone.content_length &&
            head.says_close == alone.says_close &&
            head.header_count == alone.header_count,
        "what came before changes no head", next);
  for (std::size_t i = 0; i < head.header_count; ++i) {
    Check(head.headers[i].id() == alone.headers[i].id() &&
              head.headers[i].line() == alone.headers[i].line() &&
              head.headers[i].value() == alone.headers[i].value(),
          "what came before changes no header", next);
  }
}

}  // namespace

void OneInput(std::string_view input) {
  http1::RequestHead request;
  if (IsWhole(input, request, http1::ParseRequestHead)) {
    Check(!request.path.empty() && IsOneLine(request.target),
          "a target is one line");
    CheckQuery(request.query);
    CheckChunked(input.substr(request.size));
  }
  http1::ResponseHead response;
  const auto parse = [](std::string_view bytes, http1::ResponseHead& head) {
    return http1::ParseResponseHead(bytes, http1::Method::kPost, head);
  };
  if (IsWhole(input, response, parse)) {
    Check(response.status >= 100 && response.status <= 999,
          "a status has three digits");
    CheckChunked(input.substr(response.size));
    CheckRepeated(input, input.substr(response.size));
    // The same with a byte less in its last value.
    std::string shorter(input);
    if (response.header_count > 0) {
      const http1::Header& header = response.headers[response.header_count - 1];
      const auto end = static_cast<std::size_t>(
          header.value().data() + header.value().size() - input.data());
      shorter.erase(end - 1, 1);
    }
    CheckRepeated(input, shorter);
    CheckRepeated(shorter, input);
  }
}

}  // namespace weir::fuzz
