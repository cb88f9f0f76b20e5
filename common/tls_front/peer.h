// Who is at the other end of a connection that comes through the front.
#ifndef WEIR_COMMON_TLS_FRONT_PEER_H_
#define WEIR_COMMON_TLS_FRONT_PEER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::tls_front {

// The header by which the front says who calls; what a caller sends under this
// name itself must never be believed.
inline constexpr std::string_view kPeerHeader = "weir-peer";

struct Peer {
  // One of an authority of ours.
  struct Certificate {
    // Empty: it has none.
    std::string common_name;
    // Of its subjectAltName.
    std::vector<std::string> uris;

    friend bool operator==(const Certificate&, const Certificate&) = default;
  };

  // `ipv4:10.0.0.1:4711`, `ipv6:[::1]:4711`.
  std::string address;
  // Absent: the peer has shown none.
  std::optional<Certificate> certificate;

  friend bool operator==(const Peer&, const Peer&) = default;
};

// The header's value: `address=A;cn=NAME;uri=U;uri=V`, without `cn` where there
// is no certificate. What could be taken for another part of it, or is no
// printable ASCII, stands there as %XX.
std::string PeerText(const Peer& peer);

// What PeerText() was given; nullopt where `text` is not its work.
std::optional<Peer> ParsePeer(std::string_view text);

// The header as HPACK has it: one literal field without indexing (RFC 7541,
// 6.2.2), which leaves the decoder's table alone.
std::string PeerField(const Peer& peer);

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_PEER_H_
