#include "common/tls_front/descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::tls_front {
namespace {

// Far from what else is open.
constexpr int kFar = 700;

bool IsOpen(int fd) { return fcntl(fd, F_GETFD) >= 0; }

OwnedFd OpenNothing() {
  return OwnedFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

TEST(DescriptorsTest, AThreadsOwnTableHasWhatItKeptAndNothingElse) {
  const OwnedFd kept = OpenNothing();
  const OwnedFd other = OpenNothing();
  const OwnedFd last = OpenNothing();
  std::thread([&] {
    ASSERT_TRUE(OwnDescriptorTable({last.get(), kept.get()}));
    EXPECT_TRUE(IsOpen(STDERR_FILENO));
    EXPECT_TRUE(IsOpen(kept.get()));
    EXPECT_FALSE(IsOpen(other.get()));
    EXPECT_TRUE(IsOpen(last.get()));
    // What it opens is nobody else's.
    EXPECT_EQ(fcntl(kept.get(), F_DUPFD_CLOEXEC, kFar), kFar);
    std::thread([] { EXPECT_TRUE(IsOpen(kFar)); }).join();
  }).join();
  EXPECT_TRUE(IsOpen(other.get()));
  EXPECT_FALSE(IsOpen(kFar));
}

TEST(DescriptorsTest, AFileGoesFromTableToTable) {
  const Channel channel = MakeChannel().value();
  int pipe_ends[2];
  ASSERT_EQ(pipe2(pipe_ends, O_CLOEXEC), 0);
  const OwnedFd reader(pipe_ends[0]);
  OwnedFd writer(pipe_ends[1]);
  std::thread([&] {
    ASSERT_TRUE(OwnDescriptorTable({writer.get(), channel.sender.get()}));
    EXPECT_THAT(SendDescriptor(channel.sender.get(), writer.get(),
                               absl::ZeroDuration()),
                testing::IsOk());
  }).join();
  writer.Close();
  Received received = ReceiveDescriptor(channel.receiver.get());
  ASSERT_EQ(received.what, Received::What::kDescriptor);
  ASSERT_EQ(write(received.fd.get(), "x", 1), 1);
  // It was the only one: where it is closed, the pipe ends.
  received.fd.Close();
  char byte[2];
  EXPECT_EQ(read(reader.get(), byte, 2), 1);
  EXPECT_EQ(read(reader.get(), byte, 2), 0);
}

TEST(DescriptorsTest, NothingComesWhereNothingWasSent) {
  const Channel channel = MakeChannel().value();
  EXPECT_EQ(ReceiveDescriptor(channel.receiver.get()).what,
            Received::What::kNothing);
}

TEST(DescriptorsTest, WhereThereIsNoRoomOneIsLost) {
  const Channel channel = MakeChannel().value();
  const OwnedFd file = OpenNothing();
  ASSERT_THAT(
      SendDescriptor(channel.sender.get(), file.get(), absl::ZeroDuration()),
      testing::IsOk());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const Received received = ReceiveDescriptor(channel.receiver.get());
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(received.what, Received::What::kLost);
}

TEST(DescriptorsTest, AChannelThatNobodyEmptiesIsSaidToBeFull) {
  const Channel channel = MakeChannel().value();
  const OwnedFd file = OpenNothing();
  absl::Status sent = absl::OkStatus();
  int count = 0;
  for (; sent.ok() && count < 100'000; ++count) {
    sent =
        SendDescriptor(channel.sender.get(), file.get(), absl::ZeroDuration());
  }
  EXPECT_THAT(sent, testing::StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_GT(count, 10);
}

}  // namespace
}  // namespace weir::tls_front
