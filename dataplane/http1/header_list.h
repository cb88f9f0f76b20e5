// Room for the headers of a head.
#ifndef WEIR_DATAPLANE_HTTP1_HEADER_LIST_H_
#define WEIR_DATAPLANE_HTTP1_HEADER_LIST_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace weir::dataplane::http1 {

inline constexpr std::size_t kMaxHeaders = 100;

// Headers that weir itself reads or whose passing on is decided by name. All
// others are kOther.
enum class HeaderId : std::uint8_t {
  kOther,
  kHost,
  kContentLength,
  kTransferEncoding,
  kConnection,
  kExpect,
  kAuthorization,
  kApiKey,      // x-api-key
  kGoogApiKey,  // x-goog-api-key
  kContentType,
  kAnthropicVersion,  // anthropic-version
  kRequestId,         // x-request-id
  kWeir,              // x-weir-*
  kTraceParent,       // traceparent
  kRetryAfter,        // retry-after
  kRetryAfterMs,
  kHopByHop,    // keep-alive, te, trailer, upgrade, proxy-*, http2-settings
  kCredential,  // cookie, api-key: never passed on
  kForwarding,  // forwarded, via, x-forwarded-*, x-real-ip, x-gateway-*
  kAcceptEncoding,
  // set-cookie, server, openai-organization, ...: between weir and the
  // provider's account, in both directions.
  kProviderOnly,
  kAccountLimit,  // the same of x-ratelimit-*, anthropic-ratelimit-*
};

// One line of a head. Every connection has some of them at both ends, so it
// knows the line's place once.
class Header {
 public:
  Header() = default;
  // `line` begins with the name, `value` lies in it; of a head, whose size is
  // bounded.
  Header(HeaderId id, std::string_view line, std::size_t name_size,
         std::string_view value)
      : line_(line.data()),
        line_size_(static_cast<std::uint32_t>(line.size())),
        value_begin_(static_cast<std::uint32_t>(value.data() - line.data())),
        value_size_(static_cast<std::uint32_t>(value.size())),
        name_size_(static_cast<std::uint16_t>(name_size)),
        id_(id) {}

  HeaderId id() const { return id_; }
  std::string_view name() const { return {line_, name_size_}; }
  std::string_view value() const { return {line_ + value_begin_, value_size_}; }
  // The whole line with its CRLF, for passing it on in one piece.
  std::string_view line() const { return {line_, line_size_}; }

  void set_id(HeaderId id) { id_ = id; }
  // The same line stands at `line` now.
  void MoveTo(const char* line) { line_ = line; }

 private:
  const char* line_ = nullptr;
  std::uint32_t line_size_ = 0;
  std::uint32_t value_begin_ = 0;
  std::uint32_t value_size_ = 0;
  std::uint16_t name_size_ = 0;
  HeaderId id_{};
};

// kMaxHeaders of them, each in its place for good. Every connection has such a
// list, and few have heads of more than one block: the others are made when
// they are needed.
class HeaderList {
 public:
  // REQUIRES: i < kMaxHeaders.
  Header& operator[](std::size_t i) {
    return i < kBlock ? first_[i] : Beyond(i);
  }
  // REQUIRES: the other one was called for it.
  const Header& operator[](std::size_t i) const {
    return i < kBlock ? first_[i] : (*(*rest_)[i / kBlock - 1])[i % kBlock];
  }

  // The ones at the front, which most heads have no more than.
  static constexpr std::size_t kBlock = 8;
  std::span<const Header, kBlock> front() const { return first_; }

 private:
  using Block = std::array<Header, kBlock>;
  using Blocks = std::array<std::unique_ptr<Block>, (kMaxHeaders - 1) / kBlock>;

  Header& Beyond(std::size_t i) {
    if (rest_ == nullptr) rest_ = std::make_unique<Blocks>();
    std::unique_ptr<Block>& block = (*rest_)[i / kBlock - 1];
    if (block == nullptr) block = std::make_unique<Block>();
    return (*block)[i % kBlock];
  }

  Block first_;
  std::unique_ptr<Blocks> rest_;
};

}  // namespace weir::dataplane::http1

#endif  // WEIR_DATAPLANE_HTTP1_HEADER_LIST_H_
