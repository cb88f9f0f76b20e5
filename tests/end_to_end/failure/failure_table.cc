#include "tests/end_to_end/failure/failure_table.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace weir::testing {
namespace {

std::vector<FailureRow>& Rows() {
  static std::vector<FailureRow> rows;
  return rows;
}

class FailureTable : public ::testing::Environment {
 public:
  void TearDown() override {
    if (Rows().empty()) return;
    const std::string table = ToMarkdown(Rows());
    std::printf("%s", table.c_str());
    std::ofstream(WEIR_FAILURE_TABLE) << table;
  }
};

// GoogleTest owns it.
::testing::Environment* const table =
    ::testing::AddGlobalTestEnvironment(new FailureTable);

}  // namespace

std::string ToMarkdown(const std::vector<FailureRow>& rows) {
  std::string text =
      "| scenario | what was done | requests | streams | failed | cut | what "
      "the fleet did | promises |\n"
      "| --- | --- | --: | --: | --: | --: | --- | --- |\n";
  for (const FailureRow& row : rows) {
    absl::StrAppend(&text, "| ", row.scenario, " | ", row.done, " | ",
                    row.requests, " | ");
    absl::StrAppend(&text, row.streams, " | ", row.failed, " | ", row.cut,
                    " | ", row.seen, " | ", row.kept ? "kept" : "BROKEN",
                    " |\n");
  }
  return text;
}

void AddToFailureTable(FailureRow row) { Rows().push_back(std::move(row)); }

}  // namespace weir::testing
