// Columns that line up.
#ifndef WEIR_CLI_TABLE_H_
#define WEIR_CLI_TABLE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::cli {

enum class Align { kLeft, kRight };
enum class Color { kNone, kGreen, kYellow, kRed };
enum class Paint { kPlain, kColors };

// `text` in its color, where colors are painted at all.
std::string Painted(const std::string& text, Color color, Paint paint);

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

struct Cell {
  Cell(std::string cell_text, Color cell_color = Color::kNone)  // NOLINT
      : text(std::move(cell_text)), color(cell_color) {}
  Cell(const char* cell_text) : Cell(std::string(cell_text)) {}  // NOLINT

  std::string text;
  Color color;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // An empty cell shows as `-`; control characters don't get through.
  // REQUIRES: as many cells as columns.
  void AddRow(std::vector<Cell> cells);

  // A line for the titles and one a row, each ended; none is wider than
  // `columns` where that is given.
  std::string Render(Paint paint,
                     std::optional<int> columns = std::nullopt) const;

 private:
  std::string RenderRow(const std::vector<Cell>& cells,
                        const std::vector<int>& widths, Paint paint,
                        std::optional<int> columns) const;

  const std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace weir::cli

#endif  // WEIR_CLI_TABLE_H_
