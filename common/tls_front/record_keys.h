// One way of a TLS 1.3 connection: what protects its records (RFC 8446, 5.2).
#ifndef WEIR_COMMON_TLS_FRONT_RECORD_KEYS_H_
#define WEIR_COMMON_TLS_FRONT_RECORD_KEYS_H_

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::tls_front {

// Of a record, as its first five bytes say it.
inline constexpr std::size_t kRecordHeader = 5;
// RFC 8446, 5.1 and 5.2.
inline constexpr std::size_t kMaxPlaintext = std::size_t{1} << 14;
inline constexpr std::size_t kMaxCiphertext = kMaxPlaintext + 256;

enum class Content : unsigned char {
  kAlert = 21,
  kHandshake = 22,
  kData = 23,
};

// Key, counter and the secret that the next key comes from, 150 bytes; wiped at
// their end. The cryptography is OpenSSL's. Not thread-safe.
class RecordKeys {
 public:
  // Of the first record that `secret` protects. nullopt: not with that cipher.
  static std::optional<RecordKeys> Make(const SSL_CIPHER& cipher,
                                        std::string_view secret);
  ~RecordKeys();
  RecordKeys(const RecordKeys&) = default;
  RecordKeys& operator=(const RecordKeys&) = default;

  // Appends a record. False: OpenSSL failed, and nothing more may be sent.
  // REQUIRES: `text` has at most kMaxPlaintext bytes.
  bool Seal(Content type, std::string_view text, std::string& out);

  struct Opened {
    Content type;
    std::size_t size;
  };
  // Reads a whole record, with its header, into `out`. nullopt: it is not the
  // next one of who has the key.
  // REQUIRES: `record` has at most kMaxCiphertext bytes behind its header, and
  // `out` room for as many.
  std::optional<Opened> Open(std::string_view record, char* out);

  // On to the next key (RFC 8446, 7.2). False: OpenSSL failed.
  bool Update();

  // So many records that it is time for it: an eighth of what AES-GCM may have
  // with one key (RFC 8446, 5.5).
  bool worn() const { return count_ >= std::uint64_t{1} << 21; }

 private:
  static constexpr std::size_t kNonce = 12;
  static constexpr std::size_t kTag = 16;

  RecordKeys() = default;
  bool Derive();
  bool Expand(std::string_view label, unsigned char* out,
              std::size_t size) const;
  std::array<unsigned char, kNonce> NextNonce();

  // Live as long as the process.
  const EVP_CIPHER* cipher_ = nullptr;
  const EVP_MD* digest_ = nullptr;
  std::array<unsigned char, 48> secret_;
  std::array<unsigned char, 32> key_;
  std::array<unsigned char, kNonce> iv_;
  std::uint8_t secret_size_ = 0;
  std::uint8_t key_size_ = 0;
  // Records so far.
  std::uint64_t count_ = 0;
};

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_RECORD_KEYS_H_
