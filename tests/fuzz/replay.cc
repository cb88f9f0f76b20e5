// Feeds files to a fuzz target without a fuzzer: seeds, and what once broke it.
//
//   TARGET FILE_OR_FOLDER...
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> FilesOf(const std::vector<std::string>& arguments) {
  std::vector<fs::path> files;
  for (const std::string& argument : arguments) {
    if (!fs::is_directory(argument)) {
      files.emplace_back(argument);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argument)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void Replay(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::printf("%s can't be read\n", path.c_str());
    std::exit(1);
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  // Memory of exactly this size, as libFuzzer gives it.
  const auto copy = std::make_unique<std::uint8_t[]>(text.size());
  std::copy(text.begin(), text.end(), copy.get());
  LLVMFuzzerTestOneInput(copy.get(), text.size());
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<fs::path> files = FilesOf({argv + 1, argv + argc});
  for (const fs::path& file : files) {
    // Before it: the last name is that of the file that broke something.
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);
    Replay(file);
  }
  std::printf("%zu files\n", files.size());
  return files.empty() ? 1 : 0;
}
