// What a machine can see of style: each rule is a test that names every
// offender, so that reviews can be about design.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/regex.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/tidy/code_text.h"
#include "tests/tidy/function_lengths.h"
#include "tests/tidy/source_tree.h"

namespace weir::testing {
namespace {

constexpr int kMaxFileLines = 400;
constexpr int kMaxFunctionLines = 60;

const std::vector<SourceFile>& Files() {
  static const auto* const kFiles =
      new std::vector<SourceFile>(ReadSourceTree(WEIR_SOURCE_DIR));
  return *kFiles;
}

// What breaks a rule, each as `path:line: why`.
class Offenders {
 public:
  ~Offenders() {
    if (!lines_.empty()) ADD_FAILURE() << absl::StrJoin(lines_, "\n");
  }

  void Add(const SourceFile& file, const std::string& why) {
    lines_.push_back(absl::StrCat(file.path, ": ", why));
  }

  void Add(const SourceFile& file, std::size_t line, const std::string& why) {
    lines_.push_back(absl::StrCat(file.path, ":", line, ": ", why));
  }

  // Each line of `file` that `pattern` is found in.
  void AddLinesWith(const SourceFile& file, const boost::regex& pattern) {
    std::size_t number = 0;
    for (const std::string& line : file.Lines()) {
      ++number;
      if (boost::regex_search(line, pattern)) {
        Add(file, number, line);
      }
    }
  }

 private:
  std::vector<std::string> lines_;
};

TEST(TidyTest, TheTreeIsFound) { EXPECT_GT(Files().size(), 50U); }

TEST(TidyTest, FilesAreAPageAboutOneNoun) {
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    const auto lines = static_cast<int>(file.Lines().size());
    if (file.IsCode() && lines > kMaxFileLines) {
      offenders.Add(file, absl::StrCat(lines, " lines"));
    }
  }
}

TEST(TidyTest, FunctionsFitAScreen) {
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    if (!file.IsCpp()) continue;
    for (const FunctionLength& function : FindFunctions(file.text)) {
      if (function.lines <= kMaxFunctionLines) continue;
      offenders.Add(
          file, static_cast<std::size_t>(function.first_line),
          absl::StrCat(function.lines, " lines: ", function.signature));
    }
  }
}

TEST(TidyTest, NothingIsLeftForLater) {
  // In pieces, here and below, so that this file does not find itself.
  const boost::regex markers(absl::StrCat("\\b(TO", "DO|FIX", "ME|X", "XX|HA",
                                          "CK)\\b|not imple", "mented|for ",
                                          "now\\b|place", "holder"));
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    if (file.IsCode()) offenders.AddLinesWith(file, markers);
  }
}

// Whoever reads the tree has nothing else: docs/ is what comments may name.
TEST(TidyTest, CommentsReferToWhatIsInTheTree) {
  const boost::regex elsewhere(
      absl::StrCat("\\bdesign,? sec", "tion|\\b(design|resil", "ience) [0-9]"));
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    offenders.AddLinesWith(file, elsewhere);
  }
}

TEST(TidyTest, FilesAndFoldersAreNamedByTheirNoun) {
  const boost::regex name(
      "(^|[/_.-])(utils?|helpers?|managers?|misc)([/_.-]|$)");
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    if (boost::regex_search(file.path, name)) {
      offenders.Add(file, "say what it is about");
    }
  }
}

TEST(TidyTest, ClassesAreNamedByTheirNoun) {
  const boost::regex declaration(
      R"(\b(class|struct)\s+\w*(Manager|Helper|Utils?)\b)");
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    if (!file.IsCpp()) continue;
    const std::string code = BlankNonCode(file.text);
    offenders.AddLinesWith({.path = file.path, .text = code}, declaration);
  }
}

TEST(TidyTest, IncludeGuardsMatchPaths) {
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    if (file.Extension() != ".h") continue;
    const std::string guard =
        absl::StrCat("WEIR_",
                     absl::AsciiStrToUpper(absl::StrReplaceAll(
                         file.path, {{"/", "_"}, {".", "_"}, {"-", "_"}})),
                     "_");
    if (!absl::StrContains(
            file.text,
            absl::StrCat("#ifndef ", guard, "\n#define ", guard, "\n")) ||
        !absl::EndsWith(file.text, absl::StrCat("#endif  // ", guard, "\n"))) {
      offenders.Add(file, absl::StrCat("its guard is ", guard));
    }
  }
}

// Tests that mirror a folder are explained by the one that they test.
TEST(TidyTest, EveryFolderOfSourcesHasAReadme) {
  const std::string tests = "tests/";
  std::set<std::string> folders;
  std::set<std::string> documented;
  for (const SourceFile& file : Files()) {
    if (file.IsCpp()) folders.insert(file.Folder());
    if (file.Name() == "README.md") documented.insert(file.Folder());
  }
  Offenders offenders;
  for (const std::string& folder : folders) {
    const bool mirrors = folder.starts_with(tests) &&
                         folders.contains(folder.substr(tests.size()));
    if (!mirrors && !documented.contains(folder)) {
      offenders.Add({.path = folder, .text = ""}, "has no README.md");
    }
  }
}

// A comment above a field says what it is; a message's own comment may speak
// for its fields, and a message or enum type has one where it is declared.
TEST(TidyTest, ProtoFieldsSayWhatTheyAre) {
  const boost::regex block(R"(^\s*(message|oneof|enum)\s+\w+\s*\{)");
  const boost::regex scalar(
      R"(^\s*(optional |repeated )?(double|float|u?int(32|64)|bool|string|bytes) \w+ = \d+)");
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    if (file.Extension() != ".proto") continue;
    bool commented = false;
    std::vector<bool> blocks;
    std::size_t number = 0;
    for (const std::string& line : file.Lines()) {
      ++number;
      const auto text = absl::StripLeadingAsciiWhitespace(line);
      const bool is_comment = absl::StartsWith(text, "//");
      if (boost::regex_search(line, block)) {
        blocks.push_back(commented || (!blocks.empty() && blocks.back()));
      }
      if (boost::regex_search(line, scalar) && !commented &&
          !absl::StrContains(line, "//") &&
          !(blocks.empty() || blocks.back())) {
        offenders.Add(file, number, line);
      }
      if (absl::StartsWith(text, "}") && !blocks.empty()) blocks.pop_back();
      commented = is_comment;
    }
  }
}

TEST(TidyTest, TestsWaitForEventsAndNotForTime) {
  const boost::regex sleeps(absl::StrCat(
      "sleep_", "for|sleep_", "until|Sleep", "For|\\b[un]?(nano)?sle",
      "ep ?\\(|\\bsle", "ep [0-9]|set", "Timeout\\("));
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    if (file.path.starts_with("tests/") && file.IsCode()) {
      offenders.AddLinesWith(file, sleeps);
    }
  }
}

// common knows nobody, and the planes know each other by messages alone. A
// simulation is the control plane's own arithmetic on health that was made up.
TEST(TidyTest, IncludesPointInward) {
  const std::map<std::string, std::string> forbidden = {
      {"common/", "controlplane|dataplane|cli|tests|bench"},
      {"controlplane/", "dataplane|cli|tests|bench"},
      {"dataplane/", "controlplane|cli|tests|bench"},
      {"cli/", "controlplane|dataplane|tests|bench"},
  };
  const auto simulates = [](const SourceFile& file) {
    return file.path.starts_with("cli/simulate");
  };
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    for (const auto& [folder, others] : forbidden) {
      if (!file.IsCpp() || !file.path.starts_with(folder)) continue;
      const std::string those =
          simulates(file) ? "dataplane|tests|bench" : others;
      offenders.AddLinesWith(
          file, boost::regex(absl::StrCat("#include \"(", those, ")/")));
    }
  }
}

TEST(TidyTest, EverySourceIsBuilt) {
  std::map<std::string, std::string> lists;
  for (const SourceFile& file : Files()) {
    if (file.Name() == "CMakeLists.txt") lists[file.Folder()] = file.text;
  }
  // Listed in its own folder or in one around it, by its path from there.
  const auto listed = [&lists](const SourceFile& file) {
    const std::vector<std::string> parts = absl::StrSplit(file.path, '/');
    std::string below = parts.back();
    for (std::size_t depth = parts.size() - 1;; --depth) {
      const std::string folder =
          absl::StrJoin(parts.begin(), parts.begin() + depth, "/");
      const boost::regex entry(absl::StrCat(
          "[\\s(/]", absl::StrReplaceAll(below, {{".", "\\."}}), "[\\s)]"));
      const auto list = lists.find(folder);
      if (list != lists.end() && boost::regex_search(list->second, entry)) {
        return true;
      }
      if (depth == 0) return false;
      below = absl::StrCat(parts[depth - 1], "/", below);
    }
  };
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    const std::string extension = file.Extension();
    if ((extension == ".cc" || extension == ".proto") && !listed(file)) {
      offenders.Add(file, "no CMakeLists.txt lists it");
    }
  }
}

TEST(TidyTest, LinesEndCleanly) {
  const boost::regex trailing(R"([ \t\r]$)");
  const boost::regex tab("\t");
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    if (!file.IsCode() && file.Extension() != ".md") continue;
    offenders.AddLinesWith(file, trailing);
    if (file.IsCpp()) offenders.AddLinesWith(file, tab);
    if (!file.text.empty() && file.text.back() != '\n') {
      offenders.Add(file, "does not end with a line end");
    }
  }
}

// gcc 12 copies some temporaries bit by bit and destroys both when they are
// arguments in a co_await expression: of a conditional, of an aggregate in
// braces, and lambdas that capture by value. With a name they are safe. (`{}`
// and what is trivially copyable would be too, but that a scanner can't see.)
TEST(TidyTest, NothingIsMadeInPlaceInsideAnAwait) {
  const boost::regex awaited(R"(\bco_await\b[^;]*;)");
  const boost::regex hazard(
      R"(\s\?\s|[(,]\s*[\w:]*\{[^}]|\[(?!this\]|&)[^\]]+\]\s*[({])");
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    if (!file.IsCpp()) continue;
    const std::string code = BlankNonCode(file.text);
    for (boost::sregex_iterator match(code.begin(), code.end(), awaited), end;
         match != end; ++match) {
      if (!boost::regex_search(match->str(), hazard)) continue;
      const auto before = code.begin() + match->position();
      offenders.Add(
          file,
          static_cast<std::size_t>(1 + std::count(code.begin(), before, '\n')),
          "name the argument");
    }
  }
}

// A lock file must work with whichever npm registry is configured.
TEST(TidyTest, LockFilesNameNoRegistry) {
  Offenders offenders;
  for (const SourceFile& file : Files()) {
    if (file.Name() == "package-lock.json") {
      offenders.AddLinesWith(file, boost::regex("\"resolved\""));
    }
  }
}

}  // namespace
}  // namespace weir::testing
