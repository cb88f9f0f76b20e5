// OpenSSL's client at one end, keys and nothing else at the other.
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/tls/identity.h"
#include "common/tls/openssl.h"
#include "common/tls/server_context.h"
#include "common/tls_front/descriptors.h"
#include "common/tls_front/handshake.h"
#include "common/tls_front/record_keys.h"
#include "common/tls_front/session.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/tls/test_certificates.h"

namespace weir::tls_front {
namespace {

using ::weir::testing::TestCertificates;
using State = Session::State;

struct SessionCase {
  const char* name;
  int version;
  const char* ciphers;
};

// A pair of sockets, with a client on one and a session on the other. No socket
// blocks; what one end sends is there at once.
class SessionTest : public ::testing::TestWithParam<SessionCase> {
 protected:
  SessionTest() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    ours_ = OwnedFd(ends[0]);
    theirs_ = OwnedFd(ends[1]);
    context_ =
        tls::MakeGrpcContext(tls::LoadIdentity(files_, absl::Now()).value(),
                             tls::ClientCertificate::kOptional)
            .value();
    Handshake::Prepare(context_.get());
    MakeClient();
    Handshake handshake(context_, ours_.get());
    Handshake::Next next = Handshake::Next::kAwaitReadable;
    for (int i = 0; i < 10 && next == Handshake::Next::kAwaitReadable; ++i) {
      SSL_do_handshake(client_.get());
      next = handshake.Step(absl::Now());
    }
    EXPECT_EQ(next, Handshake::Next::kDone);
    SSL_do_handshake(client_.get());
    session_ = handshake.TakeSession();
  }

  void MakeClient() {
    const tls::ContextPtr context(SSL_CTX_new(TLS_client_method()),
                                  SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), GetParam().version);
    SSL_CTX_set_ciphersuites(context.get(), GetParam().ciphers);
    const unsigned char h2[] = {2, 'h', '2'};
    SSL_CTX_set_alpn_protos(context.get(), h2, sizeof(h2));
    client_.reset(SSL_new(context.get()));
    SSL_set_fd(client_.get(), theirs_.get());
    SSL_set_connect_state(client_.get());
  }

  // What the session reads until there is nothing; ended or broken, where it
  // is.
  std::string ReadAll(State* end = nullptr) {
    std::string all;
    for (;;) {
      const Session::Read read = session_->ReadSome(buffer_.data());
      if (read.state != State::kDone) {
        if (end != nullptr) *end = read.state;
        return all;
      }
      all.append(buffer_.data(), read.size);
    }
  }
  State EndOfReading() {
    State end = State::kDone;
    ReadAll(&end);
    return end;
  }
  std::string ClientReads() {
    std::string all;
    int size = 0;
    while ((size = SSL_read(client_.get(), buffer_.data(),
                            static_cast<int>(buffer_.size()))) > 0) {
      all.append(buffer_.data(), static_cast<std::size_t>(size));
    }
    return all;
  }
  void ClientWrites(std::string_view text) {
    EXPECT_EQ(
        SSL_write(client_.get(), text.data(), static_cast<int>(text.size())),
        static_cast<int>(text.size()));
  }

  const TestCertificates certificates_{absl::Now()};
  const tls::IdentityFiles files_ = certificates_.Write(
      "server", certificates_.Sign(certificates_.Server("weir")));
  OwnedFd ours_;
  OwnedFd theirs_;
  tls::ContextPtr context_;
  SslPtr client_;
  std::unique_ptr<Session> session_;
  std::array<char, kMaxCiphertext> buffer_;
};

TEST_P(SessionTest, TextGoesBothWays) {
  for (const std::string_view text : {"a", "hello", "more"}) {
    ClientWrites(text);
    EXPECT_EQ(ReadAll(), text);
    EXPECT_EQ(session_->Write(text), State::kDone);
    EXPECT_EQ(ClientReads(), text);
  }
  EXPECT_FALSE(session_->pending());
  EXPECT_FALSE(session_->unsent());
}

TEST_P(SessionTest, RecordsMayBeFull) {
  const std::string full(kMaxPlaintext, 'x');
  ClientWrites(full);
  EXPECT_EQ(ReadAll(), full);
  EXPECT_EQ(session_->Write(full), State::kDone);
  EXPECT_EQ(ClientReads(), full);
}

TEST_P(SessionTest, RecordsThatComeTogetherAreReadOneByOne) {
  ClientWrites("one");
  ClientWrites("two");
  Session::Read read = session_->ReadSome(buffer_.data());
  EXPECT_EQ(std::string(buffer_.data(), read.size), "one");
  EXPECT_TRUE(session_->pending());
  EXPECT_EQ(ReadAll(), "two");
}

TEST_P(SessionTest, WhatAPeerDoesNotTakeWaits) {
  const std::string text(kMaxPlaintext, 'x');
  std::size_t written = 0;
  while (!session_->unsent()) {
    ASSERT_EQ(session_->Write(text), State::kDone);
    written += text.size();
  }
  std::string came = ClientReads();
  while (session_->unsent()) {
    ASSERT_EQ(session_->Flush(), State::kDone);
    came += ClientReads();
  }
  EXPECT_EQ(came.size(), written);
}

TEST_P(SessionTest, AnEndIsSaidAndHeard) {
  ClientWrites("last");
  SSL_shutdown(client_.get());
  State end = State::kDone;
  EXPECT_EQ(ReadAll(&end), "last");
  EXPECT_EQ(end, State::kEnded);
  session_->Close();
  EXPECT_EQ(SSL_shutdown(client_.get()), 1);
}

TEST_P(SessionTest, AnEndWithoutAWordIsOneToo) {
  theirs_.Close();
  EXPECT_EQ(EndOfReading(), State::kEnded);
}

TEST_P(SessionTest, WhatIsNoRecordBreaksIt) {
  ASSERT_EQ(send(theirs_.get(), "GET / HTTP/1.1\r\n\r\n", 18, 0), 18);
  EXPECT_EQ(EndOfReading(), State::kBroken);
}

// A record of the right form that nobody with the key has made.
TEST_P(SessionTest, AForgedRecordBreaksIt) {
  std::string forged("\x17\x03\x03\0\x20", 5);
  forged.append(32, 'x');
  ASSERT_EQ(send(theirs_.get(), forged.data(), forged.size(), 0), 37);
  EXPECT_EQ(EndOfReading(), State::kBroken);
}

INSTANTIATE_TEST_SUITE_P(
    Ciphers, SessionTest,
    ::testing::ValuesIn(std::vector<SessionCase>{
        {"Aes128", TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256"},
        {"Aes256", TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384"},
        {"ChaCha", TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256"},
        {"Tls12", TLS1_2_VERSION, "TLS_AES_128_GCM_SHA256"},
    }),
    [](const auto& test) { return test.param.name; });

class RecordSessionTest : public SessionTest {
 protected:
  // What the client sends next, as it is on the wire.
  std::string Intercepted(std::string_view text) {
    ClientWrites(text);
    const ssize_t size =
        recv(ours_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    return {buffer_.data(), static_cast<std::size_t>(size)};
  }
  void Arrives(std::string_view bytes) {
    // The client's own socket, as if it had sent them.
    ASSERT_EQ(send(theirs_.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  }
};

TEST_P(RecordSessionTest, ARecordMayComeByteByByte) {
  const std::string record = Intercepted("hello");
  for (std::size_t i = 0; i + 1 < record.size(); ++i) {
    Arrives({&record[i], 1});
    EXPECT_EQ(ReadAll(), "") << i;
    EXPECT_FALSE(session_->pending());
  }
  Arrives({&record.back(), 1});
  EXPECT_EQ(ReadAll(), "hello");
}

TEST_P(RecordSessionTest, ABitThatChangedBreaksIt) {
  std::string record = Intercepted("hello");
  record[kRecordHeader] = static_cast<char>(record[kRecordHeader] ^ 1);
  Arrives(record);
  EXPECT_EQ(EndOfReading(), State::kBroken);
}

TEST_P(RecordSessionTest, ARecordCountsOnce) {
  const std::string record = Intercepted("hello");
  Arrives(record);
  EXPECT_EQ(ReadAll(), "hello");
  Arrives(record);
  EXPECT_EQ(EndOfReading(), State::kBroken);
}

TEST_P(RecordSessionTest, OneThatIsLeftOutIsMissed) {
  Intercepted("one");
  ClientWrites("two");
  EXPECT_EQ(EndOfReading(), State::kBroken);
}

TEST_P(RecordSessionTest, KeysAreReplacedAsThePeerWants) {
  for (const int kind : {SSL_KEY_UPDATE_NOT_REQUESTED, SSL_KEY_UPDATE_REQUESTED,
                         SSL_KEY_UPDATE_REQUESTED}) {
    ASSERT_EQ(SSL_key_update(client_.get(), kind), 1);
    ClientWrites("after");
    EXPECT_EQ(ReadAll(), "after");
    EXPECT_EQ(session_->Write("answer"), State::kDone);
    EXPECT_EQ(ClientReads(), "answer");
    EXPECT_EQ(session_->Write("again"), State::kDone);
    EXPECT_EQ(ClientReads(), "again");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Ciphers, RecordSessionTest,
    ::testing::ValuesIn(std::vector<SessionCase>{
        {"Aes128", TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256"},
        {"Aes256", TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384"},
        {"ChaCha", TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256"},
    }),
    [](const auto& test) { return test.param.name; });

// As many records as one key may protect, without sending them.
TEST(RecordKeysTest, AKeyWearsOutAndIsReplaced) {
  const tls::ContextPtr context(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  const std::unique_ptr<SSL, tls::FreeBy<SSL_free>> ssl(SSL_new(context.get()));
  const unsigned char id[] = {0x13, 0x01};
  const SSL_CIPHER* const cipher = SSL_CIPHER_find(ssl.get(), id);
  ASSERT_NE(cipher, nullptr);
  const std::string secret(32, 's');
  std::optional<RecordKeys> sender = RecordKeys::Make(*cipher, secret);
  std::optional<RecordKeys> receiver = RecordKeys::Make(*cipher, secret);
  ASSERT_TRUE(sender.has_value() && receiver.has_value());
  EXPECT_FALSE(RecordKeys::Make(*cipher, "short").has_value());
  std::string record;
  std::size_t sealed = 0;
  for (; !sender->worn(); ++sealed) {
    record.clear();
    ASSERT_TRUE(sender->Seal(Content::kData, "x", record));
  }
  EXPECT_EQ(sealed, std::size_t{1} << 21);
  ASSERT_TRUE(sender->Update());
  EXPECT_FALSE(sender->worn());
  ASSERT_TRUE(receiver->Update());
  record.clear();
  ASSERT_TRUE(sender->Seal(Content::kData, "new", record));
  std::array<char, kMaxCiphertext> text;
  const auto opened = receiver->Open(record, text.data());
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(std::string(text.data(), opened->size), "new");
}

}  // namespace
}  // namespace weir::tls_front
