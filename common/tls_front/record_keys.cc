#include "common/tls_front/record_keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/tls1.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/tls/openssl.h"

namespace weir::tls_front {
namespace {

using CipherContext =
    std::unique_ptr<EVP_CIPHER_CTX, tls::FreeBy<EVP_CIPHER_CTX_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, tls::FreeBy<EVP_KDF_CTX_free>>;

// Looking one up takes longer than a record does.
const EVP_CIPHER* CipherOf(const SSL_CIPHER& cipher) {
  static const EVP_CIPHER* const kAes128 =
      EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  static const EVP_CIPHER* const kAes256 =
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  static const EVP_CIPHER* const kChaCha =
      EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  switch (SSL_CIPHER_get_id(&cipher)) {
    case TLS1_3_CK_AES_128_GCM_SHA256:
      return kAes128;
    case TLS1_3_CK_AES_256_GCM_SHA384:
      return kAes256;
    case TLS1_3_CK_CHACHA20_POLY1305_SHA256:
      return kChaCha;
    default:
      return nullptr;
  }
}

unsigned char* Bytes(char* text) {
  return reinterpret_cast<unsigned char*>(text);
}

const unsigned char* Bytes(const char* text) {
  return reinterpret_cast<const unsigned char*>(text);
}

}  // namespace

std::optional<RecordKeys> RecordKeys::Make(const SSL_CIPHER& cipher,
                                           std::string_view secret) {
  RecordKeys keys;
  keys.cipher_ = CipherOf(cipher);
  keys.digest_ = SSL_CIPHER_get_handshake_digest(&cipher);
  if (keys.cipher_ == nullptr || keys.digest_ == nullptr ||
      secret.size() !=
          static_cast<std::size_t>(EVP_MD_get_size(keys.digest_))) {
    return std::nullopt;
  }
  std::copy(secret.begin(), secret.end(), keys.secret_.begin());
  keys.secret_size_ = static_cast<std::uint8_t>(secret.size());
  keys.key_size_ =
      static_cast<std::uint8_t>(EVP_CIPHER_get_key_length(keys.cipher_));
  if (!keys.Derive()) return std::nullopt;
  return keys;
}

RecordKeys::~RecordKeys() {
  OPENSSL_cleanse(secret_.data(), secret_.size());
  OPENSSL_cleanse(key_.data(), key_.size());
}

bool RecordKeys::Derive() {
  count_ = 0;
  return Expand("key", key_.data(), key_size_) &&
         Expand("iv", iv_.data(), iv_.size());
}

bool RecordKeys::Update() {
  std::array<unsigned char, 48> next;
  if (!Expand("traffic upd", next.data(), secret_size_)) return false;
  secret_ = next;
  OPENSSL_cleanse(next.data(), next.size());
  return Derive();
}

// HKDF-Expand-Label without a context (RFC 8446, 7.1).
bool RecordKeys::Expand(std::string_view label, unsigned char* out,
                        std::size_t size) const {
  static EVP_KDF* const kHkdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  std::string info = {'\0', static_cast<char>(size),
                      static_cast<char>(label.size() + 6)};
  info.append("tls13 ").append(label).push_back('\0');
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  std::string digest = EVP_MD_get0_name(digest_);
  std::array<unsigned char, 48> secret = secret_;
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data(),
                                        secret_size_),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(),
                                        info.size()),
      OSSL_PARAM_construct_end()};
  const KdfContext context(EVP_KDF_CTX_new(kHkdf));
  const bool fine = context != nullptr &&
                    EVP_KDF_derive(context.get(), out, size, parameters) == 1;
  OPENSSL_cleanse(secret.data(), secret.size());
  return fine;
}

// RFC 8446, 5.3. The count never comes round: keys wear out before.
std::array<unsigned char, RecordKeys::kNonce> RecordKeys::NextNonce() {
  std::array<unsigned char, kNonce> nonce = iv_;
  for (std::size_t i = 0; i < sizeof(count_); ++i) {
    nonce[kNonce - 1 - i] ^= static_cast<unsigned char>(count_ >> (8 * i));
  }
  ++count_;
  return nonce;
}

bool RecordKeys::Seal(Content type, std::string_view text, std::string& out) {
  const std::size_t size = text.size() + 1 + kTag;
  const std::size_t begin = out.size();
  const char header[kRecordHeader] = {static_cast<char>(Content::kData), 3, 3,
                                      static_cast<char>(size >> 8),
                                      static_cast<char>(size)};
  out.append(header, sizeof(header));
  out.append(text);
  out.push_back(static_cast<char>(type));
  out.resize(begin + kRecordHeader + size);
  char* const body = out.data() + begin + kRecordHeader;
  const auto body_size = static_cast<int>(text.size() + 1);
  const std::array<unsigned char, kNonce> nonce = NextNonce();
  const CipherContext context(EVP_CIPHER_CTX_new());
  int done = 0;
  return context != nullptr &&
         EVP_EncryptInit_ex2(context.get(), cipher_, key_.data(), nonce.data(),
                             nullptr) == 1 &&
         EVP_EncryptUpdate(context.get(), nullptr, &done, Bytes(header),
                           sizeof(header)) == 1 &&
         EVP_EncryptUpdate(context.get(), Bytes(body), &done, Bytes(body),
                           body_size) == 1 &&
         done == body_size &&
         EVP_EncryptFinal_ex(context.get(), Bytes(body) + done, &done) == 1 &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTag,
                             body + body_size) == 1;
}

std::optional<RecordKeys::Opened> RecordKeys::Open(std::string_view record,
                                                   char* out) {
  if (record.size() < kRecordHeader + kTag + 1) return std::nullopt;
  const std::string_view header = record.substr(0, kRecordHeader);
  std::string_view body = record.substr(kRecordHeader);
  std::array<char, kTag> tag;
  std::copy_n(body.end() - kTag, kTag, tag.begin());
  body.remove_suffix(kTag);
  const auto body_size = static_cast<int>(body.size());
  const std::array<unsigned char, kNonce> nonce = NextNonce();
  const CipherContext context(EVP_CIPHER_CTX_new());
  int done = 0;
  int rest = 0;
  const bool fine =
      context != nullptr &&
      EVP_DecryptInit_ex2(context.get(), cipher_, key_.data(), nonce.data(),
                          nullptr) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &done, Bytes(header.data()),
                        kRecordHeader) == 1 &&
      EVP_DecryptUpdate(context.get(), Bytes(out), &done, Bytes(body.data()),
                        body_size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTag,
                          tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), Bytes(out) + done, &rest) == 1;
  ERR_clear_error();
  if (!fine || done + rest != body_size) return std::nullopt;
  // Behind the content's type there may be zeros.
  auto size = static_cast<std::size_t>(body_size);
  while (size > 0 && out[size - 1] == 0) --size;
  if (size == 0 || size - 1 > kMaxPlaintext) return std::nullopt;
  return Opened{static_cast<Content>(out[size - 1]), size - 1};
}

}  // namespace weir::tls_front
