// The real server, asked over real sockets.
#include "tests/simprovider/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "bench/event_loop/file_descriptor.h"
#include "bench/text/text.h"
#include "tests/simprovider/settings_json.h"
#include "tests/testing/status_matchers.h"

namespace weir::simprovider {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using weir::testing::StatusIs;

// A client that blocks, as a test may.
class Client {
 public:
  explicit Client(std::uint16_t port)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address),
                        sizeof(address)),
              0);
  }

  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent =
          ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(sent, 0);
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Reads until `what` has come.
  std::string ReadUntil(std::string_view what) {
    std::string got;
    char byte;
    while (!got.ends_with(what) && ::recv(socket_.get(), &byte, 1, 0) == 1) {
      got += byte;
    }
    return got;
  }

  // Reads until the server has ended the connection; then `error()` says how.
  std::string ReadToEnd() {
    std::string got;
    char buffer[4096];
    ssize_t size;
    while ((size = ::recv(socket_.get(), buffer, sizeof(buffer), 0)) > 0) {
      got.append(buffer, static_cast<std::size_t>(size));
    }
    error_ = size == 0 ? 0 : errno;
    return got;
  }
  int error() const { return error_; }

  void FinishSending() { ::shutdown(socket_.get(), SHUT_WR); }
  int fd() const { return socket_.get(); }

 private:
  bench::FileDescriptor socket_;
  int error_ = 0;
};

std::string PostText(std::string_view path, std::string_view body,
                     std::string_view headers = "") {
  return text::Cat("POST ", path, " HTTP/1.1\r\n", headers,
                   "Content-Length: ", body.size(), "\r\n\r\n", body);
}

constexpr std::string_view kGetModels = "GET /v1/models HTTP/1.1\r\n\r\n";
constexpr std::string_view kModels = R"({"object":"list","data":[]})";
constexpr std::string_view kClose = "Connection: close\r\n";

class ServerTest : public ::testing::Test {
 protected:
  void Start(std::string_view settings, ServerOptions options = {}) {
    options.name = "alpha";
    options.settings = *MergeSettings({}, {}, settings);
    server_ = *Server::Start(std::move(options));
  }

  // One request on a connection of its own, to the connection's end.
  std::string Ask(std::string_view path, std::string_view body) {
    Client client(server_->port());
    client.Send(PostText(path, body, kClose));
    return client.ReadToEnd();
  }
  std::string Stats() {
    Client client(server_->port());
    client.Send("GET /__stats HTTP/1.0\r\n\r\n");
    return client.ReadToEnd();
  }
  // Asks until the counters say so; what changes them is on its way.
  void AwaitStats(std::string_view part) {
    while (Stats().find(part) == std::string::npos) std::this_thread::yield();
  }

  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, ServesOneRequestAfterTheOther) {
  Start("{}");
  Client client(server_->port());
  for (int i = 0; i < 3; ++i) {
    client.Send(kGetModels);
    EXPECT_THAT(client.ReadUntil(kModels), StartsWith("HTTP/1.1 200 OK"));
  }
  EXPECT_THAT(Stats(), HasSubstr(R"("total":3,"reused":2,"in_flight":0)"));
}

TEST_F(ServerTest, ServesRequestsThatWereSentTogether) {
  Start("{}");
  Client client(server_->port());
  client.Send(
      text::Cat(kGetModels, kGetModels, "GET /v1/models HTTP/1.0\r\n\r\n"));
  const std::string got = client.ReadToEnd();
  std::size_t answers = 0;
  for (std::size_t at = got.find("HTTP/1.1 200"); at != std::string::npos;
       at = got.find("HTTP/1.1 200", at + 1)) {
    ++answers;
  }
  EXPECT_EQ(answers, 3U);
}

TEST_F(ServerTest, StreamsToTheEnd) {
  Start(R"({"latency":"1ms","tokens":5,"tokens_per_second":1000})");
  EXPECT_THAT(Ask("/v1/chat/completions", R"({"model":"m","stream":true})"),
              AllOf(HasSubstr("\"content\":\"alpha\""),
                    EndsWith("data: [DONE]\n\n\r\n0\r\n\r\n")));
}

// More than any socket holds: the server waits for its client, and the bytes
// are those that the client sent.
TEST_F(ServerTest, LargeBodiesGoBothWays) {
  Start(R"({"tokens":300000})");
  const std::string body = text::Cat(R"({"model":"m","messages":[{"content":")",
                                     std::string(2 << 20, 'x'), R"("}]})");
  EXPECT_GT(Ask("/v1/chat/completions", body).size(), 1U << 20);
  EXPECT_THAT(Stats(), HasSubstr(text::Cat("\"body_bytes\":", body.size())));
}

TEST_F(ServerTest, AsksForABodyThatIsHeldBack) {
  Start("{}");
  Client client(server_->port());
  client.Send(
      "POST /v1/x HTTP/1.1\r\nExpect: 100-continue\r\n"
      "Content-Length: 3\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("abc");
  EXPECT_THAT(client.ReadToEnd(), HasSubstr("\"body_bytes\":3"));
}

TEST_F(ServerTest, WhatIsNoHttpIsRefusedAndCounted) {
  Start("{}");
  Client client(server_->port());
  client.Send("nonsense\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Stats(), HasSubstr("\"invalid\":1"));
}

TEST_F(ServerTest, ARequestWhoseClientSendsNoMoreIsAnswered) {
  Start("{}");
  Client client(server_->port());
  client.Send(kGetModels);
  client.FinishSending();
  EXPECT_THAT(client.ReadToEnd(), EndsWith(kModels));
}

TEST_F(ServerTest, AClientThatLeavesIsCountedAsCancelled) {
  Start(R"({"tokens":1000000,"tokens_per_second":100})");
  {
    Client client(server_->port());
    client.Send(
        PostText("/v1/chat/completions", R"({"model":"m","stream":true})"));
    client.ReadUntil("alpha");
    EXPECT_THAT(Stats(), HasSubstr("\"in_flight\":1"));
  }
  AwaitStats(R"("in_flight":0,"completed":0,"cancelled":1)");
}

TEST_F(ServerTest, AHangingRequestIsInFlightUntilItsClientLeaves) {
  Start(R"({"hang":{}})");
  {
    Client client(server_->port());
    client.Send(kGetModels);
    AwaitStats("\"in_flight\":1");
  }
  AwaitStats(R"("in_flight":0,"completed":0,"cancelled":1)");
}

TEST_F(ServerTest, AResetIsSeenAsOne) {
  Start(R"({"reset_connection":{"after_bytes":30}})");
  Client client(server_->port());
  client.Send(kGetModels);
  EXPECT_EQ(client.ReadToEnd().size(), 30U);
  EXPECT_EQ(client.error(), ECONNRESET);
  EXPECT_THAT(Stats(), HasSubstr("\"cut\":1"));
}

TEST_F(ServerTest, ATruncatedBodyEndsInOrder) {
  Start(R"({"truncate":{"after_bytes":5}})");
  Client client(server_->port());
  client.Send(kGetModels);
  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\n{\"obj"));
  EXPECT_EQ(client.error(), 0);
}

TEST_F(ServerTest, AnIdleConnectionIsClosedWhereThatIsSet) {
  Start(R"({"idle_close":"1ms"})");
  Client client(server_->port());
  client.Send(kGetModels);
  EXPECT_THAT(client.ReadToEnd(), EndsWith(kModels));
  EXPECT_EQ(client.error(), 0);
}

TEST_F(ServerTest, ControlTakesEffectOnTheNextRequestOfEveryThread) {
  Start("{}", [] {
    ServerOptions options;
    options.threads = 4;
    return options;
  }());
  EXPECT_THAT(Ask("/__control", R"({"status":{"code":503}})"),
              StartsWith("HTTP/1.1 200"));
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(Ask("/v1/x", ""), StartsWith("HTTP/1.1 503"));
  }
  EXPECT_THAT(Stats(), HasSubstr(R"("by_status":{"503":20})"));
}

TEST_F(ServerTest, ManyClientsAtOnceAreAllServed) {
  Start(R"({"tokens":3,"tokens_per_second":1000})", [] {
    ServerOptions options;
    options.threads = 2;
    return options;
  }());
  std::vector<Client> clients;
  for (int i = 0; i < 100; ++i) clients.emplace_back(server_->port());
  for (Client& client : clients) {
    client.Send(PostText("/v1/chat/completions",
                         R"({"model":"m","stream":true})", kClose));
  }
  for (Client& client : clients) {
    EXPECT_THAT(client.ReadToEnd(), HasSubstr("[DONE]"));
  }
  EXPECT_THAT(Stats(), HasSubstr("\"completed\":100"));
}

TEST(ServerStartTest, RefusesWhatItCantUse) {
  EXPECT_THAT(Server::Start({.listen = "nowhere"}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Server::Start({.dialect = "klingon"}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Server::Start({.listen = "203.0.113.1:1"}).status(),
              StatusIs(absl::StatusCode::kUnavailable));
}

// A key and a certificate that it signed itself, in two files.
class TlsServerTest : public ServerTest {
 protected:
  TlsServerTest() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    Write(key_file_, [&](std::FILE* file) {
      PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    Write(certificate_file_,
          [&](std::FILE* file) { PEM_write_X509(file, certificate); });
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~TlsServerTest() override {
    std::filesystem::remove(key_file_);
    std::filesystem::remove(certificate_file_);
  }

  template <typename Writer>
  static void Write(const std::string& path, Writer writer) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    writer(file);
    std::fclose(file);
  }

  static std::string File(std::string_view name) {
    return std::filesystem::temp_directory_path() /
           text::Cat("simprovider-", ::getpid(), "-", name);
  }

  const std::string key_file_ = File("key.pem");
  const std::string certificate_file_ = File("certificate.pem");
};

TEST_F(TlsServerTest, SpeaksTls) {
  ServerOptions options;
  options.tls = *MakeTlsContext(certificate_file_, key_file_);
  Start(R"({"tokens":20000})", std::move(options));

  Client client(server_->port());
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* tls = SSL_new(context);
  SSL_set_fd(tls, client.fd());
  ASSERT_EQ(SSL_connect(tls), 1);
  const std::string request =
      PostText("/v1/chat/completions", R"({"model":"m"})", kClose);
  SSL_write(tls, request.data(), static_cast<int>(request.size()));
  std::string got;
  char buffer[4096];
  for (int size; (size = SSL_read(tls, buffer, sizeof(buffer))) > 0;) {
    got.append(buffer, static_cast<std::size_t>(size));
  }
  EXPECT_THAT(got, AllOf(StartsWith("HTTP/1.1 200"), EndsWith("}}")));
  EXPECT_GT(got.size(), 100'000U);
  SSL_free(tls);
  SSL_CTX_free(context);
}

TEST_F(TlsServerTest, NamesTheFileThatIsOfNoUse) {
  EXPECT_THAT(
      MakeTlsContext(key_file_, key_file_),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(key_file_)));
  EXPECT_THAT(
      MakeTlsContext(certificate_file_, "/nowhere"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/nowhere")));
}

}  // namespace
}  // namespace weir::simprovider
