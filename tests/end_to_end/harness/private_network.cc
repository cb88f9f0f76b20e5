#include "tests/end_to_end/harness/private_network.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/process.h"

namespace weir::testing {
namespace {

constexpr char kResolverFile[] = "/etc/resolv.conf";

absl::Status BringLoopbackUp() {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, "socket");
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const int result = ::ioctl(fd, SIOCSIFFLAGS, &request);
  const int error = errno;
  ::close(fd);
  return result == 0 ? absl::OkStatus() : absl::ErrnoToStatus(error, "lo");
}

const std::pair<std::string, std::string> kSystemPath = {
    "PATH", "/usr/sbin:/usr/bin:/sbin:/bin"};

}  // namespace

absl::Status EnterPrivateNetwork(const std::filesystem::path& folder) {
  if (::unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) {
    return absl::ErrnoToStatus(errno, "unshare");
  }
  const std::filesystem::path own = folder / "resolv.conf";
  std::ofstream(own) << "nameserver 127.0.0.1\n"
                        "options timeout:1 attempts:2\n";
  // Or the mount would be seen outside.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount(own.c_str(), kResolverFile, nullptr, MS_BIND, nullptr) != 0) {
    return absl::ErrnoToStatus(errno, kResolverFile);
  }
  return BringLoopbackUp();
}

PacketLoss::PacketLoss(std::string port)
    : port_(std::move(port)), status_(Filter("-A")) {}

PacketLoss::~PacketLoss() { Filter("-D").IgnoreError(); }

absl::Status PacketLoss::Filter(const char* action) const {
  for (const char* const side : {"--dport", "--sport"}) {
    const absl::StatusOr<Finished> finished = RunToEnd(
        {.program = "iptables",
         .arguments = {action, "INPUT", "-p", "tcp", side, port_, "-j", "DROP"},
         .environment = {kSystemPath}},
        std::filesystem::temp_directory_path() / ("weir.iptables." + port_),
        absl::Seconds(10));
    if (!finished.ok()) return finished.status();
    if (finished->exit_code != 0) return absl::InternalError(finished->output);
  }
  return absl::OkStatus();
}

absl::Status NameServer::Serve(const std::string& hosts) {
  process_.reset();
  const std::filesystem::path file = folder_ / "hosts";
  std::ofstream(file) << hosts;
  absl::StatusOr<std::unique_ptr<Process>> process = Process::Start(
      {.program = "dnsmasq",
       .arguments = {"--keep-in-foreground", "--conf-file=/dev/null",
                     "--no-resolv", "--no-hosts",
                     "--addn-hosts=" + file.string(),
                     "--listen-address=127.0.0.1", "--bind-interfaces",
                     "--local=/test/", "--user=root", "--pid-file="},
       .environment = {kSystemPath}},
      folder_ / "dnsmasq.log");
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  return absl::OkStatus();
}

}  // namespace weir::testing
