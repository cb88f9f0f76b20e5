#include "common/config/yaml_guard.h"

#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace weir::config {
namespace {

// Ends the parser's work; leaves CheckYaml() as a status.
class Refusal : public std::exception {
 public:
  Refusal(int line, std::string reason)
      : line_(line), reason_(std::move(reason)) {}
  const char* what() const noexcept override { return reason_.c_str(); }
  int line() const { return line_; }

 private:
  const int line_;
  const std::string reason_;
};

// Watches the parser's events pass.
class Watcher : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      Refuse(mark, "a second document begins; put everything under one");
    }
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Count(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Count(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string&) override {
    Count(mark);
    CheckTag(mark, tag);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t, YAML::EmitterStyle::value) override {
    Enter(mark, tag);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t, YAML::EmitterStyle::value) override {
    Enter(mark, tag);
  }
  void OnMapEnd() override { --depth_; }

  // Where the last value began, from 1; where an unclosed one began, nearly.
  int last_line() const { return last_line_; }

 private:
  [[noreturn]] static void Refuse(const YAML::Mark& mark, std::string reason) {
    throw Refusal(mark.line + 1, std::move(reason));
  }
  void Count(const YAML::Mark& mark) {
    last_line_ = mark.line + 1;
    if (++nodes_ > kMaxNodes) {
      Refuse(mark, "more than " + std::to_string(kMaxNodes) +
                       " values; split the file");
    }
  }
  void Enter(const YAML::Mark& mark, const std::string& tag) {
    Count(mark);
    CheckTag(mark, tag);
    if (++depth_ > kMaxDepth) {
      Refuse(mark, "nested deeper than " + std::to_string(kMaxDepth) +
                       " levels; no resource is");
    }
  }
  // "?" and "!" are what yaml-cpp gives plain and quoted scalars; the last is
  // what `!!str` and its like stand for.
  static void CheckTag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!" ||
        tag.starts_with("tag:yaml.org,2002:")) {
      return;
    }
    Refuse(mark, "the tag " + tag + " means nothing here; remove it");
  }

  int documents_ = 0;
  int depth_ = 0;
  int last_line_ = 1;
  std::size_t nodes_ = 0;
};

absl::Status Invalid(std::string_view file_name, int line,
                     std::string_view reason) {
  std::string message(file_name);
  if (line > 0) message += ':' + std::to_string(line);
  message += ": ";
  message += reason;
  return absl::InvalidArgumentError(message);
}

int LineAt(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(std::count(
                 text.begin(), text.begin() + static_cast<long>(offset), '\n'));
}

int LineCount(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return LineAt(text, text.size());
}

// yaml-cpp takes 0x04 for the end of the file and guesses at UTF-16 by zero
// bytes, so what is not text is refused before it sees it.
absl::Status CheckText(std::string_view text, std::string_view file_name) {
  if (text.size() > kMaxFileSize) {
    return Invalid(file_name, 0, "is larger than 16 MiB; split the file");
  }
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return Invalid(file_name, 0, "is not UTF-8; save it as UTF-8");
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (is_control && c != '\t' && c != '\n' && c != '\r') {
      return Invalid(file_name, LineAt(text, i),
                     "holds a control character; remove it");
    }
  }
  return absl::OkStatus();
}

// yaml-cpp's words for a tab in the indentation do not say so.
std::string Hint(const std::string& text, int line) {
  std::istringstream lines(text);
  std::string content;
  for (int i = 0; i < line && std::getline(lines, content); ++i) {
  }
  const auto first = content.find_first_not_of(" \t");
  const auto tab = content.find('\t');
  if (tab != std::string::npos && tab < first) {
    return "indent with spaces, YAML takes no tabs";
  }
  return "check quotes, colons and indentation here and just above";
}

}  // namespace

absl::Status CheckYaml(const std::string& text, std::string_view file_name) {
  if (auto status = CheckText(text, file_name); !status.ok()) return status;
  Watcher watcher;
  try {
    // yaml-cpp takes the end of the file for a missing quote, not so the end of
    // a document.
    std::istringstream in(text + "\n...\n");
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(watcher)) {
    }
    return absl::OkStatus();
  } catch (const Refusal& refusal) {
    return Invalid(file_name, refusal.line(), refusal.what());
  } catch (const YAML::Exception& error) {
    if (error.msg == YAML::ErrorMsg::DOC_IN_SCALAR) {
      return Invalid(file_name, watcher.last_line(),
                     "not valid YAML: a quote opens here and never closes");
    }
    // What is missing at the end is missing on the last line.
    const int line = std::min(error.mark.line + 1, LineCount(text));
    return Invalid(file_name, line,
                   "not valid YAML: " + error.msg + "; " + Hint(text, line));
  }
}

}  // namespace weir::config
