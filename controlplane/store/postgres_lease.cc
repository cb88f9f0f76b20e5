#include "controlplane/store/postgres_lease.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/store/database.h"
#include "controlplane/store/fence.h"
#include "controlplane/store/lease.h"

namespace weir::controlplane {
namespace {

absl::Status Run(Database& database, const char* sql) {
  absl::StatusOr<Statement> statement = database.Prepare(sql);
  return statement.ok() ? statement->Run() : statement.status();
}

// Makes the row, if need be, and keeps others from it until the transaction
// ends. What is read afterwards, the clock among it, is of after the wait.
absl::Status LockRow(Database& database) {
  absl::Status made = Run(database,
                          "INSERT INTO lease (id, holder, address, expires_at) "
                          "VALUES (1, '', '', 0) ON CONFLICT (id) DO NOTHING");
  return made.ok()
             ? Run(database, "SELECT id FROM lease WHERE id = 1 FOR UPDATE")
             : made;
}

struct Row {
  Lease lease;
  bool running = false;
};

absl::StatusOr<Row> ReadRow(Database& database) {
  absl::StatusOr<Statement> query = database.Prepare(
      "SELECT holder, address, "
      "(expires_at > extract(epoch FROM clock_timestamp()) * 1000)::int, "
      "coalesce((SELECT epoch FROM leadership WHERE id = 1), 0) "
      "FROM lease WHERE id = 1");
  if (!query.ok()) return query.status();
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  return Row{{query->Bytes(0), query->Bytes(1), query->Number(3)},
             query->Number(2) != 0};
}

absl::Status Hold(Database& database, const Candidate& candidate) {
  absl::StatusOr<Statement> hold = database.Prepare(
      "UPDATE lease SET holder = ?, address = ?, expires_at = "
      "(extract(epoch FROM clock_timestamp()) * 1000)::bigint + ? "
      "WHERE id = 1");
  if (!hold.ok()) return hold.status();
  hold->BindText(1, candidate.holder);
  hold->BindText(2, candidate.address);
  hold->Bind(
      3, static_cast<std::uint64_t>(absl::ToInt64Milliseconds(candidate.term)));
  return hold->Run();
}

}  // namespace

absl::StatusOr<Lease> PostgresLease::CampaignOnce(const Candidate& candidate) {
  absl::Status locked = LockRow(*database_);
  if (!locked.ok()) return locked;
  absl::StatusOr<Row> row = ReadRow(*database_);
  if (!row.ok()) return row.status();
  const bool ours = row->lease.holder == candidate.holder;
  if (!ours && row->running) return row->lease;
  // Nobody else took it, so our epoch goes on even where the term was over.
  if (!ours) {
    const absl::StatusOr<std::uint64_t> epoch =
        Fence::NextEpoch(*database_, candidate.epoch_floor);
    if (!epoch.ok()) return epoch.status();
    row->lease.epoch = *epoch;
  }
  absl::Status held = Hold(*database_, candidate);
  if (!held.ok()) return held;
  return Lease{candidate.holder, candidate.address, row->lease.epoch};
}

absl::StatusOr<Lease> PostgresLease::Campaign(const Candidate& candidate) {
  MutexLock lock(&mutex_);
  Lease lease;
  absl::Status done =
      database_->Transact([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS -> absl::Status {
        absl::StatusOr<Lease> found = CampaignOnce(candidate);
        if (found.ok()) lease = *std::move(found);
        return found.status();
      });
  if (!done.ok()) return done;
  if (lease.holder == candidate.holder) fence_.Set(lease.epoch);
  return lease;
}

absl::Status PostgresLease::Resign(const std::string& holder) {
  MutexLock lock(&mutex_);
  absl::StatusOr<Statement> resign = database_->Prepare(
      "UPDATE lease SET holder = '', expires_at = 0 "
      "WHERE id = 1 AND holder = ?");
  if (!resign.ok()) return resign.status();
  resign->BindText(1, holder);
  return resign->Run();
}

}  // namespace weir::controlplane
