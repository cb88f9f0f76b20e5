// Certificates in a folder that ends with its owner.
#ifndef WEIR_TESTS_COMMON_TLS_TEST_CERTIFICATES_H_
#define WEIR_TESTS_COMMON_TLS_TEST_CERTIFICATES_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/time/time.h"
#include "cli/certs/authority.h"
#include "common/tls/identity.h"

namespace weir::testing {

// Writes to a file beside `path` and renames it, as whoever rotates should.
inline void ReplaceFile(const std::filesystem::path& path,
                        const std::string& text) {
  const std::filesystem::path fresh = path.string() + ".new";
  std::ofstream(fresh, std::ios::binary) << text;
  std::filesystem::rename(fresh, path);
}

// An authority and its folder. Ends the process when OpenSSL fails.
class TestCertificates {
 public:
  // Certificates begin an hour before `now` and end a day after it, unless they
  // say otherwise.
  explicit TestCertificates(absl::Time now)
      : now_(now),
        authority_(cli::Authority::Create("test authority",
                                          now - absl::Hours(1),
                                          now + absl::Hours(24))
                       .value()) {
    std::string name =
        (std::filesystem::temp_directory_path() / "weir-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    ReplaceFile(Path("ca.crt"), authority_.own().certificate);
  }
  ~TestCertificates() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestCertificates(const TestCertificates&) = delete;
  TestCertificates& operator=(const TestCertificates&) = delete;

  std::string Path(const std::string& name) const {
    return (folder_ / name).string();
  }

  cli::SignedKey Sign(const cli::CertificateRequest& request) const {
    return authority_.Sign(request).value();
  }
  // Good for loopback as a server, with `uri` in it as a client.
  cli::CertificateRequest Server(const std::string& name) const {
    return {.common_name = name,
            .hosts = {"localhost", "127.0.0.1"},
            .use = cli::CertificateRequest::Use::kServer,
            .not_before = now_ - absl::Hours(1),
            .not_after = now_ + absl::Hours(24)};
  }
  cli::CertificateRequest Client(const std::string& name,
                                 const std::string& uri) const {
    return {.common_name = name,
            .uris = {uri},
            .not_before = now_ - absl::Hours(1),
            .not_after = now_ + absl::Hours(24)};
  }

  // NAME.crt, NAME.key and this authority.
  tls::IdentityFiles Write(const std::string& name,
                           const cli::SignedKey& key) const {
    ReplaceFile(Path(name + ".crt"), key.certificate);
    ReplaceFile(Path(name + ".key"), std::string(key.key.Reveal()));
    return {Path(name + ".crt"), Path(name + ".key"), Path("ca.crt")};
  }
  const std::string& authority_pem() const {
    return authority_.own().certificate;
  }

 private:
  const absl::Time now_;
  const cli::Authority authority_;
  std::filesystem::path folder_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_COMMON_TLS_TEST_CERTIFICATES_H_
