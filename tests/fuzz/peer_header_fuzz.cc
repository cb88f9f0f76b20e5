// The walk over a client's frames: what comes out is the same however it came,
// has the field at each end of a block and is what went in without that; and
// the text of a peer.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/tls_front/frame_walker.h"
#include "common/tls_front/peer.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/one_input.h"
#include "tests/fuzz/pieces.h"

namespace weir::fuzz {
namespace {

using tls_front::FrameWalker;

constexpr std::string_view kField = "<the field>";
constexpr std::size_t kHeader = FrameWalker::kHeaderBytes;
constexpr char kEndHeaders = 0x4;

std::uint32_t Byte(char c) { return static_cast<unsigned char>(c); }

bool MayEndBlock(std::string_view frame) {
  return frame[3] == 1 || frame[3] == 9;
}

// One frame of `frames`, or what is there of it.
std::string_view FirstFrame(std::string_view frames) {
  return frames.substr(0, kHeader + (Byte(frames[0]) << 16 |
                                     Byte(frames[1]) << 8 | Byte(frames[2])));
}

// Compares frame by frame, which the walker does not.
void CheckFrames(std::string_view in, std::string_view out) {
  while (in.size() >= kHeader) {
    Check(out.size() >= kHeader, "each frame goes on");
    const std::string_view frame = FirstFrame(in);
    std::string want(frame);
    const bool whole =
        frame.size() ==
        kHeader + (Byte(frame[0]) << 16 | Byte(frame[1]) << 8 | Byte(frame[2]));
    const bool ends = MayEndBlock(frame) && (frame[4] & kEndHeaders) != 0;
    if (ends) want[4] = static_cast<char>(want[4] & ~kEndHeaders);
    Check(out.substr(0, want.size()) == want, "a frame stays what it was");
    in.remove_prefix(frame.size());
    out.remove_prefix(frame.size());
    if (!ends || !whole) continue;
    const std::string_view added = FirstFrame(out);
    Check(added.size() == kHeader + kField.size() && added[3] == 9 &&
              added[4] == kEndHeaders &&
              added.substr(5, 4) == frame.substr(5, 4) &&
              added.substr(kHeader) == kField,
          "a block ends with the field");
    out.remove_prefix(added.size());
  }
  Check(out.empty(), "nothing else is added");
}

}  // namespace

void OneInput(std::string_view input) {
  FrameWalker walker;
  std::string whole;
  walker.Walk(input, kField, whole);
  FrameWalker again;
  std::string divided;
  InPieces(input, [&](std::string_view piece) {
    again.Walk(piece, kField, divided);
    return true;
  });
  Check(whole == divided, "pieces change nothing", input);
  if (input.size() >= FrameWalker::kPrefaceBytes) {
    CheckFrames(input.substr(FrameWalker::kPrefaceBytes),
                std::string_view(whole).substr(FrameWalker::kPrefaceBytes));
  }
  const std::optional<tls_front::Peer> peer = tls_front::ParsePeer(input);
  if (!peer.has_value()) return;
  Check(tls_front::ParsePeer(tls_front::PeerText(*peer)) == peer,
        "a peer's text says all of it", input);
}

}  // namespace weir::fuzz
