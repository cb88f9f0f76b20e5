// Secrets that a test hides and looks for afterwards.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_CANARIES_H_
#define WEIR_TESTS_END_TO_END_HARNESS_CANARIES_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::testing {

// Not thread-safe.
class Canaries {
 public:
  // A secret of letters and digits that nothing else has, and that can stand
  // wherever a secret can. `name` says in messages which one was found.
  std::string Hide(const std::string& name);
  // The same for a secret that was made elsewhere. A private key in PEM is
  // looked for line by line. REQUIRES: lines of it have 16 bytes at least.
  void Hide(const std::string& name, const std::string& secret);

  // The names of those of which `text` holds the first 16 bytes, as they are,
  // in hexadecimal or in base64, with what stands before them.
  std::vector<std::string> FoundIn(std::string_view text) const;
  // `file: name` of each that a file below `folder` holds, and of none of the
  // files in `hidden_in`. `looked_at` counts the files that were read.
  std::vector<std::string> FoundBelow(const std::filesystem::path& folder,
                                      const std::vector<std::string>& hidden_in,
                                      int& looked_at) const;

 private:
  // Name and what is looked for.
  std::vector<std::pair<std::string, std::string>> signs_;
  int hidden_ = 0;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_CANARIES_H_
