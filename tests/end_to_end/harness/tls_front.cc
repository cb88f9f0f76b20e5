#include "tests/end_to_end/harness/tls_front.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace weir::testing {
namespace {

std::string Configuration(int fd, const std::string& certificate,
                          const std::string& bind_options,
                          const std::string& backend) {
  return absl::StrCat(
      "global\n"
      "  maxconn 4000\n"
      "defaults\n"
      "  mode tcp\n"
      "  timeout connect 2s\n"
      "  timeout client 60s\n"
      "  timeout server 60s\n"
      "listen front\n"
      "  bind fd@",
      fd, " ssl crt ", certificate, " ", bind_options, "\n  server simulator ",
      backend, "\n");
}

}  // namespace

TlsFront::TlsFront() {
  std::ofstream(ca_file()) << authority_.certificate_pem();
}

absl::Status TlsFront::Serve(const std::string& backend,
                             const Manners& manners) {
  Kill();
  const KeyAndCertificate issued = manners.by_a_stranger
                                       ? TestAuthority().Issue(manners.identity)
                                       : authority_.Issue(manners.identity);
  const std::filesystem::path pem = folder_ / "front.pem";
  std::ofstream(pem) << issued.certificate_pem << issued.key_pem;
  const std::filesystem::path file = folder_ / "front.cfg";
  std::ofstream(file) << Configuration(listener_.fd(), pem,
                                       manners.bind_options, backend);
  absl::StatusOr<std::unique_ptr<Process>> process = Process::Start(
      {.program = "haproxy",
       .arguments = {"-db", "-f", file},
       .environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}}},
      folder_ / "front.log");
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  return absl::OkStatus();
}

}  // namespace weir::testing
