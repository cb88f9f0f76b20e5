// Bytes as a socket would bring them.
#ifndef WEIR_TESTS_FUZZ_PIECES_H_
#define WEIR_TESTS_FUZZ_PIECES_H_

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <random>
#include <string_view>

namespace weir::fuzz {

// A copy whose memory ends where it ends: reading past it is noticed, and so
// is reading it when it is gone.
class ExactCopy {
 public:
  explicit ExactCopy(std::string_view bytes)
      : bytes_(std::make_unique<char[]>(bytes.size())), size_(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), bytes_.get());
  }
  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

// Gives `take` the bytes piece by piece, each an ExactCopy, until it returns
// false or all are taken. Where they are divided depends on the bytes alone.
template <typename Take>
void InPieces(std::string_view bytes, Take take) {
  std::minstd_rand random(static_cast<std::minstd_rand::result_type>(
      std::hash<std::string_view>()(bytes)));
  // From byte by byte to pieces as large as packets.
  const std::size_t most = std::size_t{1} << (random() % 10);
  while (!bytes.empty()) {
    const std::size_t size = std::min(1 + random() % most, bytes.size());
    const ExactCopy piece(bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (!take(piece.text())) return;
  }
}

}  // namespace weir::fuzz

#endif  // WEIR_TESTS_FUZZ_PIECES_H_
