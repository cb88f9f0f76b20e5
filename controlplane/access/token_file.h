// Tokens that stand for a client certificate.
#ifndef WEIR_CONTROLPLANE_ACCESS_TOKEN_FILE_H_
#define WEIR_CONTROLPLANE_ACCESS_TOKEN_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/file_watch.h"
#include "common/mutex.h"
#include "controlplane/access/role.h"

namespace weir::controlplane {

struct Token {
  std::string name;
  Role role;
  // 32 bytes.
  std::string sha256;
};

// `text` has a line for each token, `NAME ROLE SHA256`, the digest in
// hexadecimal, with # before comments. INVALID_ARGUMENT names the line: another
// form, a role that is none or a node's (nodes have certificates), a name or
// digest twice, no token at all.
absl::StatusOr<std::vector<Token>> ParseTokens(std::string_view text);

// The tokens of a file, which may change; while it can't be used, those that
// were read last.
//
// Thread safety: every method may be called from any thread.
class TokenFile {
 public:
  struct Counts {
    std::uint64_t replaced = 0;
    std::uint64_t refused = 0;
  };

  // FAILED_PRECONDITION with the file and what is wrong with it.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(std::string path);

  // Looks whether the file changed. Call about once a second.
  void Poll();

  // The token with this secret; takes as long for one that is none.
  std::optional<Token> Find(std::string_view secret) const;

  Counts counts() const;
  // Why the file is not what is in use; empty while it is.
  std::string problem() const;

 private:
  using Tokens = std::shared_ptr<const std::vector<Token>>;

  TokenFile(std::string path, FileWatch watch, Tokens tokens)
      : path_(std::move(path)),
        watch_(std::move(watch)),
        tokens_(std::move(tokens)) {}

  const std::string path_;
  Mutex poll_mutex_;
  FileWatch watch_ ABSL_GUARDED_BY(poll_mutex_);

  mutable Mutex mutex_;
  Tokens tokens_ ABSL_GUARDED_BY(mutex_);
  Counts counts_ ABSL_GUARDED_BY(mutex_);
  std::string problem_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ACCESS_TOKEN_FILE_H_
