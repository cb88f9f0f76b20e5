#include "common/net/grpc_server.h"

#include <dirent.h>
#include <grpcpp/generic/generic_stub.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/clock.h"
#include "common/net/host_port.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

constexpr absl::Duration kLimit = absl::Seconds(20);

std::unique_ptr<GrpcServer> MustStart(GrpcServerOptions options = {}) {
  options.listen_address = "127.0.0.1:0";
  absl::StatusOr<std::unique_ptr<GrpcServer>> server =
      GrpcServer::Start(std::move(options));
  EXPECT_THAT(server, IsOk());
  return server.ok() ? *std::move(server) : nullptr;
}

std::uint16_t PortOf(const GrpcServer& server) {
  return ParseHostPort(server.address())->port;
}

// A TCP connection, as anybody can make one. -1 when there is none.
int Connect(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) !=
      0) {
    close(fd);
    return -1;
  }
  return fd;
}

// The peer closes the connection, whatever it sends before.
bool IsClosedByPeer(int fd) {
  const absl::Time deadline = absl::Now() + kLimit;
  char bytes[4096];
  while (absl::Now() < deadline) {
    pollfd waiting{fd, POLLIN, 0};
    if (poll(&waiting, 1, 1000) == 1 && read(fd, bytes, sizeof(bytes)) <= 0) {
      return true;
    }
  }
  return false;
}

// One message out, one back, of any method; on a connection of its own.
grpc::Status Call(const std::string& address, const std::string& method,
                  std::string_view request, std::string* answer) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  grpc::GenericStub stub(grpc::CreateCustomChannel(
      address, grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(absl::ToChronoTime(absl::Now() + kLimit));
  grpc::CompletionQueue queue;
  auto call = stub.PrepareCall(&context, method, &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  queue.Next(&tag, &ok);
  const grpc::Slice slice(request.data(), request.size());
  call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
  queue.Next(&tag, &ok);
  grpc::ByteBuffer received;
  call->Read(&received, nullptr);
  queue.Next(&tag, &ok);
  grpc::Slice flat;
  if (ok && received.DumpToSingleSlice(&flat).ok()) {
    answer->assign(reinterpret_cast<const char*>(flat.begin()), flat.size());
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  return status;
}

// The server serves a client that comes now.
void ExpectServes(const GrpcServer& server) {
  std::string answer;
  const grpc::Status status =
      Call(server.address(), "/grpc.health.v1.Health/Check", "", &answer);
  EXPECT_TRUE(status.ok()) << status.error_message();
  // HealthCheckResponse{status: SERVING}
  EXPECT_EQ(answer, "\x08\x01");
}

TEST(GrpcServerTest, ServesHealth) { ExpectServes(*MustStart()); }

TEST(GrpcServerTest, ListsItsServicesByReflection) {
  std::unique_ptr<GrpcServer> server = MustStart();
  std::string answer;
  // ServerReflectionRequest{list_services: ""}
  const grpc::Status status =
      Call(server->address(),
           "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
           std::string_view("\x3a\x00", 2), &answer);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(answer, HasSubstr("grpc.reflection.v1alpha.ServerReflection"));
}

TEST(GrpcServerTest, RefusesAnAddressThatIsTakenOrWrong) {
  std::unique_ptr<GrpcServer> server = MustStart();
  GrpcServerOptions options;
  options.listen_address = server->address();
  EXPECT_THAT(
      GrpcServer::Start(options),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr(server->address())));
  options.listen_address = "nonsense";
  EXPECT_THAT(GrpcServer::Start(options),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(GrpcServerTest, ClosesAConnectionThatNeverSpeaks) {
  GrpcServerOptions options;
  options.handshake_timeout = absl::Milliseconds(200);
  std::unique_ptr<GrpcServer> server = MustStart(options);
  const int silent = Connect(PortOf(*server));
  ASSERT_GE(silent, 0);
  EXPECT_TRUE(IsClosedByPeer(silent));
  close(silent);
}

TEST(GrpcServerTest, ClosesAConnectionThatSpeaksNonsense) {
  std::unique_ptr<GrpcServer> server = MustStart();
  const int noisy = Connect(PortOf(*server));
  ASSERT_GE(noisy, 0);
  const std::string_view nonsense = "GET / HTTP/1.1\r\nHost: weir\r\n\r\n";
  ASSERT_EQ(write(noisy, nonsense.data(), nonsense.size()), nonsense.size());
  EXPECT_TRUE(IsClosedByPeer(noisy));
  close(noisy);
  ExpectServes(*server);
}

TEST(GrpcServerTest, BeyondTheCapConnectionsAreClosedAtOnce) {
  GrpcServerOptions options;
  options.max_connections = 4;
  std::unique_ptr<GrpcServer> server = MustStart(options);
  std::vector<int> flood;
  for (int i = 0; i < 12; ++i) flood.push_back(Connect(PortOf(*server)));
  // The last ones found no room.
  for (int i = 4; i < 12; ++i) EXPECT_TRUE(IsClosedByPeer(flood[i])) << i;
  EXPECT_EQ(server->stats().accepted, 4);
  EXPECT_EQ(server->stats().refused, 8);
  for (int fd : flood) close(fd);
  ExpectServes(*server);
}

// How many descriptors this process has open, the listing's own left out.
int OpenDescriptors() {
  int count = 0;
  DIR* directory = opendir("/proc/self/fd");
  while (readdir(directory) != nullptr) ++count;
  closedir(directory);
  return count - 3;
}

// Opens `count` connections to a port that it is told by `in`, says so by
// `out`, and holds them until `in` is closed. Runs in a process of its own, for
// its descriptors.
[[noreturn]] void Flood(int in, int out, int count) {
  std::uint16_t port = 0;
  if (read(in, &port, sizeof(port)) != sizeof(port)) _exit(1);
  for (int i = 0; i < count; ++i) Connect(port);
  char done = 1;
  if (write(out, &done, 1) != 1) _exit(2);
  if (read(in, &done, 1) != 0) _exit(3);
  _exit(0);
}

TEST(GrpcServerTest, ServesAgainAfterTheProcessRanOutOfDescriptors) {
  int to_flood[2];
  int from_flood[2];
  ASSERT_EQ(pipe(to_flood), 0);
  ASSERT_EQ(pipe(from_flood), 0);
  const pid_t flood = fork();
  if (flood == 0) {
    close(to_flood[1]);
    Flood(to_flood[0], from_flood[1], 600);
  }
  close(to_flood[0]);
  close(from_flood[1]);
  std::unique_ptr<GrpcServer> server = MustStart();
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit scarce{static_cast<rlim_t>(OpenDescriptors() + 64),
                      before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &scarce), 0);

  const std::uint16_t port = PortOf(*server);
  ASSERT_EQ(write(to_flood[1], &port, sizeof(port)), sizeof(port));
  char done = 0;
  ASSERT_EQ(read(from_flood[0], &done, 1), 1);
  // All were taken off the queue, though there was no descriptor for most.
  const absl::Time deadline = absl::Now() + kLimit;
  while (server->stats().accepted + server->stats().refused < 600 &&
         absl::Now() < deadline) {
    poll(nullptr, 0, 1);
  }
  EXPECT_EQ(server->stats().accepted + server->stats().refused, 600);
  EXPECT_GT(server->stats().descriptor_shortages, 0);
  close(to_flood[1]);
  int status = 0;
  ASSERT_EQ(waitpid(flood, &status, 0), flood);

  ExpectServes(*server);
  setrlimit(RLIMIT_NOFILE, &before);
  close(from_flood[0]);
}

}  // namespace
}  // namespace weir::net
