#include "cli/change_text.h"

#include <string>

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

// `path: before -> after`, with the side left out that is not there.
std::string FieldText(const admin::FieldChange& field) {
  std::string text = "    " + Printable(field.path()) + ": ";
  if (!field.before().empty()) text += Printable(field.before());
  if (!field.before().empty() && !field.after().empty()) text += " -> ";
  if (!field.after().empty()) text += Printable(field.after());
  if (field.after().empty()) text += " (removed)";
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
