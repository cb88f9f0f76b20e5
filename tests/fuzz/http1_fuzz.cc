// Heads and chunked bodies of HTTP/1.1: what is whole is told apart the same
// however it comes, and what is taken has the shape that head.h promises.
#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/http1/chunked.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/query.h"
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
  }
}

}  // namespace weir::fuzz
