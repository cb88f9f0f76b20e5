#include "dataplane/http1/chunked.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/header_id.h"

namespace weir::dataplane::http1 {
namespace {

constexpr int kMaxSizeDigits = 15;
constexpr std::size_t kMaxTrailerBytes = std::size_t{8} << 10;

// By a table: every chunk of every stream has such digits.
constexpr auto kHexValues = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::int8_t i = 0; i < 10; ++i) values['0' + i] = i;
  for (std::int8_t i = 0; i < 6; ++i) {
    values['a' + i] = values['A' + i] = static_cast<std::int8_t>(10 + i);
  }
  return values;
}();

bool HasCrlf(std::string_view input, std::size_t at) {
  return input.size() >= at + 2 && input[at] == '\r' && input[at + 1] == '\n';
}

int HexValue(char c) { return kHexValues[static_cast<std::uint8_t>(c)]; }

// What RFC 9110 section 6.5.1 keeps out of trailers.
bool IsForbiddenTrailer(std::string_view name) {
  switch (IdOfHeader(name)) {
    case HeaderId::kHost:
    case HeaderId::kContentLength:
    case HeaderId::kTransferEncoding:
    case HeaderId::kConnection:
    case HeaderId::kExpect:
    case HeaderId::kAuthorization:
    case HeaderId::kApiKey:
    case HeaderId::kGoogApiKey:
    case HeaderId::kContentType:
    case HeaderId::kWeir:
    case HeaderId::kHopByHop:
    case HeaderId::kCredential:
    case HeaderId::kProviderOnly:
    case HeaderId::kAccountLimit:
      return true;
    default:
      return false;
  }
}

}  // namespace

ChunkedDecoder::SizeLine ChunkedDecoder::ReadSizeLine(std::string_view input) {
  const std::size_t most = std::min<std::size_t>(input.size(), kMaxSizeDigits);
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (; digits < most; ++digits) {
    const int value = HexValue(input[digits]);
    if (value < 0) break;
    size = size * 16 + static_cast<std::uint64_t>(value);
  }
  if (digits == 0 || !HasCrlf(input, digits)) return {};
  return {size, digits + 2};
}

std::size_t ChunkedDecoder::TakeSizeLine(std::string_view input) {
  if (!IsBetweenChunks()) return 0;
  const SizeLine line = ReadSizeLine(input);
  if (line.length == 0) return 0;
  size_ = line.size;
  at_ = line.size == 0 ? At::kTrailerStart : At::kData;
  return line.length;
}

std::string_view ChunkedDecoder::TakeWhole(std::string_view input) const {
  if (!IsBetweenChunks()) return {};
  const SizeLine line = ReadSizeLine(input);
  if (line.length == 0 || input.size() != line.length + line.size + 2 ||
      !HasCrlf(input, input.size() - 2)) {
    return {};
  }
  return input.substr(line.length, static_cast<std::size_t>(line.size));
}

std::size_t ChunkedDecoder::TakeDataEnd(std::string_view input) {
  if (at_ != At::kDataCr || !input.starts_with("\r\n")) return 0;
  at_ = At::kSize;
  digits_ = 0;
  return 2;
}

bool ChunkedDecoder::TakeSizeByte(char c) {
  if (c == '\r' && digits_ > 0) {
    at_ = At::kSizeLf;
    return true;
  }
  const int value = HexValue(c);
  if (value < 0 || digits_ == kMaxSizeDigits) return false;
  size_ = size_ * 16 + static_cast<std::uint64_t>(value);
  ++digits_;
  return true;
}

bool ChunkedDecoder::TakeTrailerByte(char c) {
  if (++trailer_bytes_ > kMaxTrailerBytes) return false;
  if (c == '\r') {
    at_ = At::kTrailerLf;
    return name_ended_;
  }
  if (name_ended_) return Is(c, kValue);
  if (c == ':') {
    name_ended_ = true;
    return name_size_ > 0 && !IsForbiddenTrailer({name_.data(), name_size_});
  }
  if (!Is(c, kToken)) return false;
  if (name_size_ < name_.size()) name_[name_size_++] = c;
  return true;
}

bool ChunkedDecoder::TakeByte(char c) {
  switch (at_) {
    case At::kSize:
      return TakeSizeByte(c);
    case At::kSizeLf:
      at_ = size_ == 0 ? At::kTrailerStart : At::kData;
      return c == '\n';
    case At::kDataCr:
      at_ = At::kDataLf;
      return c == '\r';
    case At::kDataLf:
      at_ = At::kSize;
      digits_ = 0;
      return c == '\n';
    case At::kTrailerStart:
      if (c == '\r') {
        at_ = At::kFinalLf;
        return true;
      }
      at_ = At::kTrailer;
      name_size_ = 0;
      name_ended_ = false;
      return TakeTrailerByte(c);
    case At::kTrailer:
      return TakeTrailerByte(c);
    case At::kTrailerLf:
      at_ = At::kTrailerStart;
      return c == '\n';
    case At::kFinalLf:
      at_ = At::kDone;
      return c == '\n';
    case At::kData:
    case At::kDone:
      break;
  }
  return false;
}

ChunkedDecoder::Step ChunkedDecoder::Next(std::string_view input) {
  std::size_t consumed = TakeSizeLine(input);
  while (at_ != At::kData && at_ != At::kDone && consumed < input.size()) {
    if (!TakeByte(input[consumed++])) return {State::kBad, consumed, {}};
  }
  if (at_ == At::kDone) return {State::kDone, consumed, {}};
  if (at_ != At::kData) return {State::kMore, consumed, {}};
  const std::string_view data =
      input.substr(consumed, static_cast<std::size_t>(std::min<std::uint64_t>(
                                 size_, input.size() - consumed)));
  size_ -= data.size();
  consumed += data.size();
  if (size_ == 0) {
    at_ = At::kDataCr;
    consumed += TakeDataEnd(input.substr(consumed));
  }
  return {State::kMore, consumed, data};
}

ChunkSizeLine::ChunkSizeLine(std::size_t size) {
  text_[kEnd - 1] = '\n';
  text_[kEnd - 2] = '\r';
  begin_ = kEnd - 2;
  do {
    text_[--begin_] = "0123456789abcdef"[size & 15];
    size >>= 4;
  } while (size != 0);
}

}  // namespace weir::dataplane::http1
