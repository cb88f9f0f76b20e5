#include "controlplane/store/fence.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/concat.h"
#include "controlplane/store/database.h"

namespace weir::controlplane {

absl::StatusOr<std::uint64_t> Fence::NextEpoch(Database& database,
                                               std::uint64_t floor) {
  absl::StatusOr<Statement> begin = database.Prepare(
      "INSERT INTO leadership (id, epoch) VALUES (1, ?) "
      "ON CONFLICT (id) DO UPDATE SET epoch = "
      "CASE WHEN leadership.epoch >= excluded.epoch "
      "THEN leadership.epoch + 1 ELSE excluded.epoch END RETURNING epoch");
  if (!begin.ok()) return begin.status();
  begin->Bind(1, std::max<std::uint64_t>(floor, 1));
  absl::StatusOr<bool> row = begin->Step();
  if (!row.ok()) return row.status();
  const std::uint64_t epoch = begin->Number(0);
  // RETURNING writes only once it was stepped to its end.
  if (absl::Status done = begin->Run(); !done.ok()) return done;
  return epoch;
}

absl::StatusOr<std::uint64_t> Fence::Begin(Database& database,
                                           std::uint64_t floor) {
  std::uint64_t epoch = 0;
  absl::Status kept = database.Transact([&]() -> absl::Status {
    absl::StatusOr<std::uint64_t> next = NextEpoch(database, floor);
    if (next.ok()) epoch = *next;
    return next.status();
  });
  if (!kept.ok()) return kept;
  Set(epoch);
  return epoch;
}

absl::Status Fence::Transact(Database& database,
                             const std::function<absl::Status()>& body) const {
  return database.Transact([&]() -> absl::Status {
    absl::Status held = Check(database);
    return held.ok() ? body() : held;
  });
}

absl::Status Fence::Check(Database& database) const {
  const std::uint64_t ours = epoch_;
  if (ours == 0) return absl::OkStatus();
  const std::string sql = Concat("SELECT epoch FROM leadership WHERE id = 1",
                                 database.dialect().share_row);
  const absl::StatusOr<std::uint64_t> current = QueryNumber(database, sql);
  if (!current.ok()) return current.status();
  if (*current == ours) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "store ", database.name(), ": another control plane leads since epoch ",
      *current, ", this one did in ", ours, "; ask that one"));
}

}  // namespace weir::controlplane
