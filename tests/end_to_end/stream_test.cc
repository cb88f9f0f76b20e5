// Promise: many streams at once cost what is stated, and the ways in which
// clients treat them (reading slowly, leaving, waiting long) harm nobody.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/open_streams.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {
namespace {

// A count of requests in the provider's /__stats.
int StatOf(Fleet& fleet, const char* name) {
  const std::string text = At(fleet.Stats(0), absl::StrCat("/requests/", name));
  return text.empty() ? -1 : std::stoi(text);
}

// kB of memory that the process has to itself.
int ResidentKilobytes(const Server& server) {
  std::ifstream file(absl::StrCat("/proc/", server.pid(), "/status"));
  for (std::string word; file >> word;) {
    if (word != "RssAnon:") continue;
    int kilobytes = 0;
    file >> kilobytes;
    return kilobytes;
  }
  return -1;
}

std::ptrdiff_t DescriptorsOf(const Server& server) {
  const std::filesystem::directory_iterator all(
      absl::StrCat("/proc/", server.pid(), "/fd"));
  return std::distance(begin(all), end(all));
}

FleetOptions OneProvider(std::string tokens, std::string pace) {
  return {.nodes = 1,
          .providers = 1,
          .timeouts =
              "{connect: 1s, fast: 5s, normal: 5s, complex: 5s, "
              "stream_idle: 2s}",
          .provider_flags = {"--latency", "5ms", "--tokens", std::move(tokens),
                             "--tokens-per-second", std::move(pace)}};
}

TEST(StreamTest, ClientsThatLeaveEndTheirAttemptsAtOnce) {
  constexpr int kStreams = 200;
  Fleet fleet(OneProvider("10000", "10"));
  ASSERT_TRUE(fleet.Start().ok());
  const std::ptrdiff_t descriptors = DescriptorsOf(fleet.node(0));
  OpenStreams streams;
  ASSERT_NO_FATAL_FAILURE(streams.Open(fleet, kStreams));
  ASSERT_TRUE(
      Eventually([&] { return StatOf(fleet, "in_flight") >= kStreams; }));
  EXPECT_GT(DescriptorsOf(fleet.node(0)), descriptors + kStreams);

  const absl::Time left_at = absl::Now();
  streams.Close();
  EXPECT_TRUE(Eventually([&] { return StatOf(fleet, "cancelled") >= kStreams; },
                         absl::Seconds(2)));
  std::printf("%d clients left; their attempts were over within %s\n", kStreams,
              absl::FormatDuration(absl::Now() - left_at).c_str());
  EXPECT_TRUE(Eventually([&] {
    return DescriptorsOf(fleet.node(0)) <= descriptors + 8;
  })) << DescriptorsOf(fleet.node(0))
      << " descriptors, " << descriptors << " before";
  EXPECT_TRUE(Eventually(
      [&] { return fleet.SumMetric("weir_streams_in_flight") == 0; }));
}

TEST(StreamTest, ClientsThatDoNotReadCostABufferEach) {
  constexpr int kStreams = 100;
  // What lies between two sockets, and some room for the allocator.
  constexpr int kKilobytesEach = 128;
  // What the kernel keeps unsent, and what is on its way to a small window.
  constexpr int kSentEach = 256'000;
  // 40 MB a stream, as fast as they are taken.
  Fleet fleet(OneProvider("200000", "1000000"));
  ASSERT_TRUE(fleet.Start().ok());
  const int before = ResidentKilobytes(fleet.node(0));
  OpenStreams streams;
  ASSERT_NO_FATAL_FAILURE(streams.Open(fleet, kStreams, 4096));
  ASSERT_TRUE(Eventually(
      [&] { return fleet.SumMetric("weir_streams_in_flight") == kStreams; }));
  // It is read no further: what has gone to clients stays what it is.
  double sent = -1;
  EXPECT_TRUE(Eventually([&] {
    const double then = sent;
    sent = fleet.SumMetric("weir_client_sent_bytes_total");
    return sent == then;
  }));
  const int after = ResidentKilobytes(fleet.node(0));
  std::printf("%d streams that nobody reads: %d kB each, %.0f kB sent\n",
              kStreams, (after - before) / kStreams, sent / kStreams / 1000);
  EXPECT_LT(sent, kStreams * kSentEach);
  EXPECT_LT(after - before, kStreams * kKilobytesEach);

  // Others are served meanwhile.
  const absl::StatusOr<HttpAnswer> models = Send(
      fleet.Api(), {.target = "/v1/models",
                    .headers = {{"authorization", "Bearer " + fleet.key()}}});
  ASSERT_TRUE(models.ok()) << models.status();
  EXPECT_EQ(models->status, 200);
}

TEST(StreamTest, ATrickleIsNoSilence) {
  constexpr int kStreams = 300;
  // An event a second for 6 s, where 2 s of silence end a stream.
  Fleet fleet(OneProvider("6", "1"));
  ASSERT_TRUE(fleet.Start().ok());
  const int before = ResidentKilobytes(fleet.node(0));
  OpenStreams streams;
  ASSERT_NO_FATAL_FAILURE(streams.Open(fleet, kStreams));
  ASSERT_TRUE(Eventually(
      [&] { return fleet.SumMetric("weir_streams_in_flight") == kStreams; }));
  const int each = (ResidentKilobytes(fleet.node(0)) - before) / kStreams;
  std::printf("%d streams that trickle: %d kB each\n", kStreams, each);
  EXPECT_LE(each, 64);
  EXPECT_EQ(streams.ReadToTheirEnds(), kStreams);
}

}  // namespace
}  // namespace weir::testing
