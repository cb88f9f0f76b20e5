#include "tests/end_to_end/harness/haproxy.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/inherited_listener.h"

namespace weir::testing {
namespace {

std::string Configuration(const std::vector<std::string>& nodes, int clients_fd,
                          int stats_fd, const std::string& authorities) {
  std::string text = absl::StrCat(
      "global\n"
      "  maxconn 4000\n"
      "defaults\n"
      "  mode http\n"
      "  timeout connect 2s\n"
      "  timeout client 60s\n"
      "  timeout server 60s\n"
      "frontend clients\n"
      "  bind fd@",
      clients_fd,
      "\n"
      "  default_backend nodes\n"
      "frontend stats\n"
      "  bind fd@",
      stats_fd,
      "\n"
      "  stats enable\n"
      "  stats uri /stats\n"
      "backend nodes\n"
      "  balance leastconn\n"
      "  option redispatch\n"
      // As most write it: HTTP/1.0, and without a Host.
      "  option httpchk GET /health/full\n"
      "  http-check expect status 200\n"
      "  default-server check inter 500ms fall 1 rise 1\n");
  const std::string tls =
      authorities.empty() ? ""
                          : absl::StrCat(" ssl verify required ca-file ",
                                         authorities, " verifyhost localhost");
  for (std::size_t index = 0; index < nodes.size(); ++index) {
    absl::StrAppend(&text, "  server node", index + 1, " ", nodes[index], tls,
                    "\n");
  }
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<HaProxy>> HaProxy::Start(
    const std::vector<std::string>& nodes, const std::filesystem::path& folder,
    const std::string& authorities) {
  const InheritedListener clients;
  const InheritedListener stats;
  const std::filesystem::path file = folder / "haproxy.cfg";
  std::ofstream(file) << Configuration(nodes, clients.fd(), stats.fd(),
                                       authorities);
  absl::StatusOr<std::unique_ptr<Process>> process = Process::Start(
      {.program = "haproxy",
       .arguments = {"-db", "-f", file},
       .environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}}},
      folder / "haproxy.log");
  if (!process.ok()) return process.status();
  std::unique_ptr<HaProxy> proxy(new HaProxy);
  proxy->address_ = clients.address();
  proxy->stats_address_ = stats.address();
  proxy->process_ = *std::move(process);
  const int wanted = static_cast<int>(nodes.size());
  if (Eventually([&] { return proxy->HealthyNodes() == wanted; })) return proxy;
  return absl::UnavailableError(
      absl::StrCat("haproxy: ", proxy->process_->Output()));
}

int HaProxy::HealthyNodes() const {
  const absl::StatusOr<HttpAnswer> answer = Get(stats_address_, "/stats;csv");
  if (!answer.ok() || answer->status != 200) return -1;
  const std::vector<std::string> lines = absl::StrSplit(answer->body, '\n');
  const std::vector<std::string> names = absl::StrSplit(lines.front(), ',');
  const auto column = [&names](const char* name) {
    return static_cast<std::size_t>(
        std::find(names.begin(), names.end(), name) - names.begin());
  };
  // A server is UP before its first check; only the check says that it answers.
  const std::size_t check = column("check_status");
  const std::size_t status = column("status");
  int healthy = 0;
  for (const std::string& line : lines) {
    const std::vector<std::string> columns = absl::StrSplit(line, ',');
    if (columns.size() > std::max(check, status) && columns[0] == "nodes" &&
        columns[status] == "UP" && columns[check] == "L7OK") {
      ++healthy;
    }
  }
  return healthy;
}

}  // namespace weir::testing
