// Promise: descriptors that are used up, at a node or at the control plane, are
// no reason for anybody who is connected to notice, and when there are some
// again everything goes on.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/failure/failure_scenario.h"
#include "tests/end_to_end/failure/machine_scenario.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/server.h"
#include "tests/end_to_end/harness/socket.h"

namespace weir::testing {
namespace {

// What the process takes of a core, by the kernel's count.
class ProcessorTime {
 public:
  explicit ProcessorTime(pid_t process)
      : process_(process), begin_(Taken()), since_(absl::Now()) {}

  double OfACore() const { return (Taken() - begin_) / (absl::Now() - since_); }

 private:
  absl::Duration Taken() const {
    std::ifstream file(absl::StrCat("/proc/", process_, "/stat"));
    std::string word;
    std::int64_t ticks = 0;
    // proc(5): the 14th and 15th are of user and of system.
    for (int i = 1; i <= 15 && file >> word; ++i) {
      if (i >= 14) ticks += std::stoll(word);
    }
    return absl::Seconds(ticks) / ::sysconf(_SC_CLK_TCK);
  }

  const pid_t process_;
  const absl::Duration begin_;
  const absl::Time since_;
};

std::int64_t DescriptorsOf(pid_t process) {
  const std::filesystem::directory_iterator all(
      absl::StrCat("/proc/", process, "/fd"));
  return std::distance(begin(all), end(all));
}

// Of a process that runs.
void LimitDescriptors(pid_t process, std::int64_t most) {
  rlimit limit{};
  ASSERT_EQ(::prlimit(process, RLIMIT_NOFILE, nullptr, &limit), 0);
  limit.rlim_cur = static_cast<rlim_t>(most);
  ASSERT_EQ(::prlimit(process, RLIMIT_NOFILE, &limit, nullptr), 0);
}

// Connections that say nothing.
void Flood(const std::string& address, int count, std::deque<Socket>& held) {
  for (int i = 0; i < count; ++i) {
    const absl::Status connected = held.emplace_back().Connect(address);
    ASSERT_TRUE(connected.ok()) << connected;
  }
}

int TimesIn(const std::string& text, const std::string& what) {
  int times = 0;
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + what.size())) {
    ++times;
  }
  return times;
}

class DescriptorFailureTest : public MachineScenario {
 protected:
  static constexpr int kConnections = 6;

  // A client that has all the connections that it will ever need.
  void StartSteadyTraffic() {
    StartTraffic({.rate = 50, .connections = kConnections});
    ASSERT_TRUE(Eventually([&] {
      return fleet().SumMetric("weir_client_connections_open") >= kConnections;
    }));
  }
  bool AnswersNewClients() {
    const absl::StatusOr<HttpAnswer> answer =
        Get(fleet().Api(), "/health/full");
    return answer.ok() && answer->status == 200;
  }
};

TEST_F(DescriptorFailureTest, OfANode) {
  FleetOptions options = Accountable(1);
  // Answers slow enough for six connections to be in use at once.
  options.provider_flags = {"--latency", "100ms", "--tokens", "10"};
  options.node_binaries = {
      Wrapped(scratch(), "weir-dataplane", "ulimit -n 600")};
  ASSERT_NO_FATAL_FAILURE(Begin("descriptors of a node used up", options));
  ASSERT_NO_FATAL_FAILURE(StartSteadyTraffic());
  Done(
      "300 silent connections at a node that may open 600 files; then no file "
      "at all that it may open");
  const pid_t node = fleet().node(0).pid();
  {
    std::deque<Socket> flood;
    ASSERT_NO_FATAL_FAILURE(Flood(fleet().Api(), 300, flood));
    EXPECT_TRUE(Eventually([&] {
      return fleet().SumMetric("weir_client_connections_total",
                               "outcome=\"refused\"") > 200;
    }));
    const ProcessorTime busy(node);
    ASSERT_TRUE(LetTrafficGoOn(100));
    EXPECT_LT(busy.OfACore(), 0.5);
    Saw(
        absl::StrCat("it keeps files for providers and closes what is too "
                     "much, with ",
                     Share(busy.OfACore()), " of a core"));
  }
  EXPECT_TRUE(Eventually([&] { return AnswersNewClients(); }));

  // Now for real: nobody told it.
  std::deque<Socket> flood;
  LimitDescriptors(node, DescriptorsOf(node));
  ASSERT_NO_FATAL_FAILURE(Flood(fleet().Api(), 20, flood));
  Socket patient;
  ASSERT_TRUE(patient.Connect(fleet().Api()).ok());
  patient.Write("GET /health HTTP/1.1\r\nhost: weir\r\n\r\n");
  const ProcessorTime busy(node);
  ASSERT_TRUE(LetTrafficGoOn(200));
  EXPECT_LT(busy.OfACore(), 0.5);
  EXPECT_FALSE(patient.Readable(absl::ZeroDuration()));
  LimitDescriptors(node, 600);
  const absl::Time back = absl::Now();
  EXPECT_TRUE(patient.Readable(absl::Seconds(5)));
  // Strangers must not fill the disk with its log.
  EXPECT_LT(TimesIn(fleet().node(0).LastLines(), "cannot accept"), 15)
      << fleet().node(0).LastLines();
  Saw(absl::StrCat("without any it takes ", Share(busy.OfACore()),
                   " of a core, and answers who waited ",
                   Seconds(absl::Now() - back), " after there are some"));
}

TEST_F(DescriptorFailureTest, OfTheControlPlane) {
  ASSERT_NO_FATAL_FAILURE(
      Begin("descriptors of the control plane used up", Accountable(2)));
  ASSERT_NO_FATAL_FAILURE(StartTraffic());
  Done("no file that it may open, and 200 silent connections at its gRPC port");
  const pid_t process = fleet().control_plane().pid();
  const std::string address = fleet().control_plane().address("grpc");
  {
    std::deque<Socket> flood;
    LimitDescriptors(process, DescriptorsOf(process));
    ASSERT_NO_FATAL_FAILURE(Flood(address, 200, flood));
    const ProcessorTime busy(process);
    ASSERT_TRUE(LetTrafficGoOn(600));
    EXPECT_LT(busy.OfACore(), 0.7);
    // Who can't ask providers must not say that they are down.
    for (int provider = 1; provider <= 3; ++provider) {
      EXPECT_GT(fleet().WeightAt(fleet().Ops(), "gpt-4.1",
                                 absl::StrCat("p", provider)),
                0.1)
          << fleet().Logs();
    }
    EXPECT_EQ(fleet().SumMetric("weir_control_plane_connected"), 2);
    Saw(absl::StrCat("nodes stay connected, ", Share(busy.OfACore()),
                     " of a core is used"));
  }
  LimitDescriptors(process, 4096);
  const absl::Time back = absl::Now();
  EXPECT_TRUE(Eventually([&] {
    const auto nodes = fleet().Ctl({"nodes"});
    return nodes.ok() && nodes->exit_code == 0;
  })) << fleet().Logs();
  EXPECT_GT(fleet().ControlPlaneMetric(0, "weir_descriptor_shortages_total"),
            0);
  Saw(absl::StrCat("operators get in ", Seconds(absl::Now() - back),
                   " after there are files again"));
  Saw(absl::StrCat("a provider that failed has no weight after ",
                   Seconds(UntilP3IsOut())));
}

}  // namespace
}  // namespace weir::testing
