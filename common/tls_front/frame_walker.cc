#include "common/tls_front/frame_walker.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::tls_front {
namespace {

// RFC 9113, 6.2 and 6.10.
constexpr char kHeaders = 0x1;
constexpr char kContinuation = 0x9;
constexpr char kEndHeaders = 0x4;
// Where in a frame's header; its first three bytes are the payload's length.
constexpr std::size_t kType = 3;
constexpr std::size_t kFlags = 4;
constexpr std::size_t kStream = 5;

std::uint32_t Byte(char c) { return static_cast<unsigned char>(c); }

}  // namespace

void FrameWalker::Walk(std::string_view in, std::string_view field,
                       std::string& out) {
  while (!in.empty()) {
    if (passing_ == 0) {
      in = TakeHeader(in, field, out);
      continue;
    }
    const std::size_t size = std::min<std::size_t>(passing_, in.size());
    out.append(in.substr(0, size));
    in.remove_prefix(size);
    passing_ -= static_cast<std::uint32_t>(size);
    if (passing_ == 0 && ends_block_) EndBlock(field, out);
  }
}

std::string_view FrameWalker::TakeHeader(std::string_view in,
                                         std::string_view field,
                                         std::string& out) {
  const std::size_t size = std::min(kHeaderBytes - header_size_, in.size());
  std::copy_n(in.begin(), size, header_.begin() + header_size_);
  header_size_ = static_cast<std::uint8_t>(header_size_ + size);
  if (header_size_ == kHeaderBytes) {
    header_size_ = 0;
    BeginFrame(field, out);
  }
  return in.substr(size);
}

void FrameWalker::BeginFrame(std::string_view field, std::string& out) {
  const char type = header_[kType];
  ends_block_ = (type == kHeaders || type == kContinuation) &&
                (header_[kFlags] & kEndHeaders) != 0;
  if (ends_block_) {
    header_[kFlags] = static_cast<char>(header_[kFlags] & ~kEndHeaders);
  }
  out.append(header_.data(), header_.size());
  passing_ = Byte(header_[0]) << 16 | Byte(header_[1]) << 8 | Byte(header_[2]);
  if (passing_ == 0 && ends_block_) EndBlock(field, out);
}

// The header is still that of the frame which has ended, with its stream.
void FrameWalker::EndBlock(std::string_view field, std::string& out) const {
  const std::size_t size = field.size();
  out.push_back(static_cast<char>(size >> 16));
  out.push_back(static_cast<char>(size >> 8));
  out.push_back(static_cast<char>(size));
  out.push_back(kContinuation);
  out.push_back(kEndHeaders);
  out.append(header_.data() + kStream, kHeaderBytes - kStream);
  out.append(field);
}

}  // namespace weir::tls_front
