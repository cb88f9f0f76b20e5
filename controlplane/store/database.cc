#include "controlplane/store/database.h"

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace weir::controlplane {

absl::Status Statement::Run() {
  for (;;) {
    absl::StatusOr<bool> row = Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
  }
}

absl::StatusOr<std::uint64_t> QueryNumber(Database& database,
                                          std::string_view sql) {
  absl::StatusOr<Statement> query = database.Prepare(sql);
  if (!query.ok()) return query.status();
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  return *row ? query->Number(0) : 0;
}

}  // namespace weir::controlplane
