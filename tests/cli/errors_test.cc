// What weirctl says when the server does not do what it was asked to.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ErrorsTest : public ServedTest {};

TEST_F(ErrorsTest, ARefusalIsInTheServersWordsAlone) {
  admin_.refusal = {grpc::StatusCode::FAILED_PRECONDITION,
                    "the registry belongs to weir.yaml; change that file"};
  const Outcome run = Weirctl({"key", "revoke", "demo"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err,
            "weirctl: the registry belongs to weir.yaml; change that file\n");
}

TEST_F(ErrorsTest, SeveralProblemsGetALineEach) {
  admin_.refusal = {grpc::StatusCode::INVALID_ARGUMENT,
                    "a: is wrong; mend it\nb: too; and this"};
  const Outcome run = Weirctl({"provider", "remove", "relay"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.err,
            "weirctl: refused:\na: is wrong; mend it\nb: too; and this\n");
}

TEST_F(ErrorsTest, WhatIsNotThereIsNamed) {
  const Outcome run = Weirctl({"provider", "get", "relay"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.err, "weirctl: there is no provider relay\n");
}

TEST_F(ErrorsTest, AServerThatCannotWriteIsReachedAllTheSame) {
  admin_.refusal = {grpc::StatusCode::UNAVAILABLE,
                    "the store can't be written"};
  const Outcome run = Weirctl({"key", "revoke", "demo"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.err, "weirctl: the store can't be written\n");
}

TEST_F(ErrorsTest, AnOlderServerIsSaidToBeOne) {
  admin_.refusal = {grpc::StatusCode::UNIMPLEMENTED, ""};
  const Outcome run = Weirctl({"weights"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("does not know this command"));
}

TEST_F(ErrorsTest, WhatAServerSaysDoesNotMoveTheCursor) {
  admin_.refusal = {grpc::StatusCode::INTERNAL, "\x1b[2Jgotcha"};
  EXPECT_EQ(Weirctl({"nodes"}).err, "weirctl: ?[2Jgotcha\n");
}

TEST_F(ErrorsTest, NobodyListens) {
  for (const char* verb : {"status", "export", "nodes"}) {
    const Outcome run = WeirctlTest::Weirctl({verb, "--server", "127.0.0.1:1"});
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err,
                AllOf(HasSubstr("cannot reach the control plane at "
                                "127.0.0.1:1: Connection refused"),
                      HasSubstr("--server"), Not(HasSubstr("UNAVAILABLE"))));
  }
}

TEST_F(ErrorsTest, TheWatchEndsWithTheServer) {
  const Outcome run = Weirctl({"status", "--watch"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("ended the watch"));
}

// Accepts connections and never says a word.
class SilentPeer {
 public:
  SilentPeer() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    bind(fd_, generic, size);
    listen(fd_, 8);
    getsockname(fd_, generic, &size);
    port_ = ntohs(address.sin_port);
  }
  ~SilentPeer() { close(fd_); }
  SilentPeer(const SilentPeer&) = delete;
  SilentPeer& operator=(const SilentPeer&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  const int fd_;
  int port_ = 0;
};

TEST_F(ErrorsTest, AServerThatDoesNotAnswerEndsWithTheTimeout) {
  const SilentPeer peer;
  const Outcome run = WeirctlTest::Weirctl(
      {"export", "--server", peer.address(), "--timeout", "50ms"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, AllOf(HasSubstr("did not answer within 50ms"),
                             HasSubstr("--timeout")));
}

}  // namespace
}  // namespace weir::cli
