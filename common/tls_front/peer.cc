#include "common/tls_front/peer.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::tls_front {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";

bool IsPlain(char c) {
  return c > ' ' && c <= '~' && c != '%' && c != ';' && c != '=' && c != ',';
}

void AppendEscaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (IsPlain(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHexDigits[byte >> 4]);
    out.push_back(kHexDigits[byte & 15]);
  }
}

std::optional<unsigned> HexDigit(char c) {
  const std::size_t at = std::string_view(kHexDigits, 16).find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

std::optional<std::string> Unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (!IsPlain(text[i])) return std::nullopt;
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const std::optional<unsigned> high = HexDigit(text[++i]);
    const std::optional<unsigned> low = HexDigit(text[++i]);
    if (!high.has_value() || !low.has_value()) return std::nullopt;
    out.push_back(static_cast<char>(*high << 4 | *low));
  }
  return out;
}

// RFC 7541, 5.1, with a prefix of seven bits and no Huffman code (5.2).
void AppendLength(std::size_t length, std::string& out) {
  constexpr std::size_t kPrefix = 127;
  if (length < kPrefix) {
    out.push_back(static_cast<char>(length));
    return;
  }
  out.push_back(static_cast<char>(kPrefix));
  length -= kPrefix;
  for (; length >= 128; length /= 128) {
    out.push_back(static_cast<char>(length % 128 + 128));
  }
  out.push_back(static_cast<char>(length));
}

// Takes one `name=value` into `peer`; the address is first, the common name
// before the URIs. False where it does not belong there.
bool TakePart(std::string_view name, std::string value, Peer& peer) {
  if (name == "cn" && !peer.certificate.has_value()) {
    peer.certificate.emplace().common_name = std::move(value);
    return true;
  }
  if (name != "uri" || !peer.certificate.has_value()) return false;
  peer.certificate->uris.push_back(std::move(value));
  return true;
}

}  // namespace

std::string PeerText(const Peer& peer) {
  std::string text = "address=";
  AppendEscaped(peer.address, text);
  if (!peer.certificate.has_value()) return text;
  text += ";cn=";
  AppendEscaped(peer.certificate->common_name, text);
  for (const std::string& uri : peer.certificate->uris) {
    text += ";uri=";
    AppendEscaped(uri, text);
  }
  return text;
}

std::optional<Peer> ParsePeer(std::string_view text) {
  Peer peer;
  bool first = true;
  while (first || !text.empty()) {
    if (!first) text.remove_prefix(1);  // The semicolon.
    const std::string_view part = text.substr(0, text.find(';'));
    text.remove_prefix(part.size());
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = part.substr(0, equals);
    std::optional<std::string> value = Unescaped(part.substr(equals + 1));
    if (!value.has_value()) return std::nullopt;
    if (first) {
      if (name != "address") return std::nullopt;
      peer.address = *std::move(value);
    } else if (!TakePart(name, *std::move(value), peer)) {
      return std::nullopt;
    }
    first = false;
  }
  return peer;
}

std::string PeerField(const Peer& peer) {
  const std::string value = PeerText(peer);
  std::string field(1, '\0');
  AppendLength(kPeerHeader.size(), field);
  field += kPeerHeader;
  AppendLength(value.size(), field);
  field += value;
  return field;
}

}  // namespace weir::tls_front
