#include "cli/change_text.h"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>

#include "cli/display_width.h"

namespace weir::cli {
namespace {

namespace admin = ::weir::admin::v1;

struct Mark {
  char sign;
  Color color;
};

Mark MarkOf(admin::ChangeKind kind) {
  switch (kind) {
    case admin::CHANGE_KIND_CREATED:
      return {'+', Color::kGreen};
    case admin::CHANGE_KIND_REMOVED:
      return {'-', Color::kRed};
    default:
      return {'~', Color::kYellow};
  }
}

bool IsBlock(std::string_view yaml) {
  if (yaml.ends_with('\n')) yaml.remove_suffix(1);
  return yaml.find('\n') != std::string_view::npos;
}

// YAML of several lines, moved to `indent`; its first line is the outermost.
std::string Block(const std::string& yaml, std::size_t indent) {
  const std::size_t own = std::min(yaml.find_first_not_of(' '), yaml.size());
  std::string block;
  std::istringstream lines(yaml);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t spaces = std::min(line.find_first_not_of(' '), own);
    line.erase(0, std::min(spaces, line.size()));
    block += std::string(indent, ' ') + Printable(line) + '\n';
  }
  return block;
}

std::string BlockText(const admin::FieldChange& field,
                      const std::string& head) {
  if (field.after().empty()) return head + " (removed)\n";
  if (field.before().empty()) return head + '\n' + Block(field.after(), 6);
  return head + "\n      before:\n" + Block(field.before(), 8) +
         "      after:\n" + Block(field.after(), 8);
}

// `path: before -> after`, with the side left out that is not there.
std::string FieldText(const admin::FieldChange& field) {
  const std::string head = "    " + Printable(field.path()) + ':';
  if (IsBlock(field.before()) || IsBlock(field.after())) {
    return BlockText(field, head);
  }
  std::string text = head + ' ' + Printable(field.before());
  if (!field.before().empty() && !field.after().empty()) text += " -> ";
  text += field.after().empty() ? " (removed)" : Printable(field.after());
  return text + '\n';
}

std::string Summary(const admin::ApplyResponse& response, Applied applied) {
  const int count = response.changes_size();
  const std::string changes =
      std::to_string(count) + (count == 1 ? " change" : " changes");
  const std::string revision =
      "revision " + std::to_string(response.revision());
  if (count == 0) return "Nothing to change (" + revision + ").\n";
  if (applied == Applied::kDryRun) {
    return changes + ", not made: this was a dry run (" + revision + ").\n";
  }
  return changes + " made (" + revision + ").\n";
}

}  // namespace

std::string ChangeText(const admin::ApplyResponse& response, Applied applied,
                       Paint paint) {
  std::string text;
  for (const admin::Change& change : response.changes()) {
    const Mark mark = MarkOf(change.kind());
    const std::string line = std::string(1, mark.sign) + ' ' +
                             change.resource() + ' ' + Printable(change.name());
    text += Painted(line, mark.color, paint) + '\n';
    // What goes, goes whole; its fields say nothing more.
    if (change.kind() == admin::CHANGE_KIND_REMOVED) continue;
    for (const admin::FieldChange& field : change.fields()) {
      text += FieldText(field);
    }
  }
  return text + Summary(response, applied);
}

}  // namespace weir::cli
