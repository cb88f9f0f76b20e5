#include "cli/table.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/display_width.h"

namespace weir::cli {
namespace {

constexpr int kGap = 2;

std::string Spaces(int count) {
  return std::string(static_cast<std::size_t>(std::max(count, 0)), ' ');
}

}  // namespace

std::string Painted(const std::string& text, Color color, Paint paint) {
  if (paint == Paint::kPlain) return text;
  switch (color) {
    case Color::kGreen:
      return "\x1b[32m" + text + "\x1b[0m";
    case Color::kYellow:
      return "\x1b[33m" + text + "\x1b[0m";
    case Color::kRed:
      return "\x1b[31m" + text + "\x1b[0m";
    case Color::kNone:
      break;
  }
  return text;
}

void Table::AddRow(std::vector<Cell> cells) {
  for (Cell& cell : cells) {
    cell.text = cell.text.empty() ? "-" : Printable(cell.text);
  }
  rows_.push_back(std::move(cells));
}

std::string Table::Render(Paint paint, std::optional<int> columns) const {
  std::vector<Cell> titles;
  std::vector<int> widths;
  for (const Column& column : columns_) {
    titles.emplace_back(column.title);
    widths.push_back(DisplayWidth(column.title));
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i].text));
    }
  }
  std::string text = RenderRow(titles, widths, paint, columns);
  for (const auto& row : rows_) {
    text += RenderRow(row, widths, paint, columns);
  }
  return text;
}

std::string Table::RenderRow(const std::vector<Cell>& cells,
                             const std::vector<int>& widths, Paint paint,
                             std::optional<int> columns) const {
  std::string line;
  int used = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const int gap = i == 0 ? 0 : kGap;
    const int left = columns ? *columns - used - gap : widths[i];
    if (left < 1) break;
    const int width = std::min(widths[i], left);
    const std::string text = CutToWidth(cells[i].text, width);
    const std::string padding = Spaces(width - DisplayWidth(text));
    const std::string shown = Painted(text, cells[i].color, paint);
    line += Spaces(gap);
    if (columns_[i].align == Align::kRight) {
      line += padding + shown;
    } else {
      line += shown + padding;
    }
    used += gap + width;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

}  // namespace weir::cli
