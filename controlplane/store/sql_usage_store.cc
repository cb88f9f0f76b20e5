#include "controlplane/store/sql_usage_store.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/store/sql_time.h"

namespace weir::controlplane {
namespace {

// The last sequence of a boot that was kept; 0: none.
absl::StatusOr<std::uint64_t> LastSequence(Database& database,
                                           std::uint64_t boot_id) {
  absl::StatusOr<Statement> query =
      database.Prepare("SELECT sequence FROM usage_sources WHERE boot_id = ?");
  if (!query.ok()) return query.status();
  query->Bind(1, boot_id);
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  return *row ? query->Number(0) : 0;
}

absl::Status SaveSource(Database& database, const UsageBatch& last,
                        absl::Time now) {
  absl::StatusOr<Statement> save = database.Prepare(
      "INSERT INTO usage_sources (boot_id, node, sequence, seen_at) "
      "VALUES (?, ?, ?, ?) ON CONFLICT (boot_id) DO UPDATE SET "
      "node = excluded.node, sequence = excluded.sequence, "
      "seen_at = excluded.seen_at");
  if (!save.ok()) return save.status();
  save->Bind(1, last.boot_id);
  save->BindText(2, last.node);
  save->Bind(3, last.sequence);
  save->Bind(4, SecondsOf(now));
  return save->Run();
}

// Batches side by side with what is known of their boots.
class Sorting {
 public:
  explicit Sorting(Database& database) : database_(database) {}

  absl::StatusOr<KeptBatch> Take(const UsageBatch& batch) {
    const auto [known, is_first] = last_.try_emplace(batch.boot_id, 0);
    if (is_first) {
      absl::StatusOr<std::uint64_t> last =
          LastSequence(database_, batch.boot_id);
      if (!last.ok()) return last.status();
      known->second = *last;
    }
    KeptBatch kept;
    if (batch.sequence <= known->second) return kept;
    kept.is_new = true;
    if (known->second > 0) kept.missing = batch.sequence - known->second - 1;
    known->second = batch.sequence;
    newest_[batch.boot_id] = &batch;
    for (const UsageRow& row : batch.rows) Add(row);
    return kept;
  }

  // Once for each row, however many batches have it.
  absl::Status Write(SqlUsageTable& table, absl::Time now) {
    absl::Status done;
    for (const auto& [key, row] : sums_) {
      if (done.ok()) done = table.Add(row);
    }
    for (const auto& [boot, batch] : newest_) {
      if (done.ok()) done = SaveSource(database_, *batch, now);
    }
    return done;
  }

 private:
  void Add(const UsageRow& row) {
    const auto [sum, is_new] = sums_.try_emplace({row.begin, row.series}, row);
    if (is_new) return;
    sum->second.last_used = std::max(sum->second.last_used, row.last_used);
    AddUsage(row.sums, sum->second.sums);
  }

  Database& database_;
  std::map<std::uint64_t, std::uint64_t> last_;
  std::map<std::uint64_t, const UsageBatch*> newest_;
  std::map<std::pair<absl::Time, UsageSeries>, UsageRow> sums_;
};

absl::Status SavePrice(Database& database, const StoredPrice& price) {
  absl::StatusOr<Statement> save = database.Prepare(
      "INSERT INTO own_prices (model, provider, upstream_model, begins_at, "
      "is_known, price) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (model, provider, upstream_model, begins_at) DO UPDATE SET "
      "is_known = excluded.is_known, price = excluded.price");
  if (!save.ok()) return save.status();
  const std::string bytes =
      price.price.has_value() ? price.price->SerializeAsString() : "";
  save->BindText(1, price.model);
  save->BindText(2, price.provider);
  save->BindText(3, price.upstream_model);
  save->Bind(4, price.from.has_value() ? SecondsOf(*price.from) : 0);
  save->Bind(5, price.price.has_value() ? 1 : 0);
  save->BindBlob(6, bytes);
  return save->Run();
}

}  // namespace

SqlUsageStore::SqlUsageStore(const Fence& fence,
                             std::unique_ptr<Database> writer,
                             std::unique_ptr<Database> reader)
    : fence_(fence),
      writer_(std::move(writer)),
      table_(*writer_),
      reader_(std::move(reader)) {}

absl::Status SqlUsageStore::Transact(
    const std::function<absl::Status()>& body) {
  absl::Status done = fence_.Transact(*writer_, body);
  if (!done.ok()) table_.Forget();
  return done;
}

absl::StatusOr<std::vector<KeptBatch>> SqlUsageStore::Keep(
    const std::vector<UsageBatch>& batches, absl::Time now) {
  MutexLock lock(&write_mutex_);
  std::vector<KeptBatch> kept;
  absl::Status done =
      Transact([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS -> absl::Status {
        Sorting sorting(*writer_);
        for (const UsageBatch& batch : batches) {
          absl::StatusOr<KeptBatch> one = sorting.Take(batch);
          if (!one.ok()) return one.status();
          kept.push_back(*one);
        }
        return sorting.Write(table_, now);
      });
  if (!done.ok()) return done;
  return kept;
}

absl::Status SqlUsageStore::Read(
    absl::Time since, absl::Time until,
    const std::function<void(const UsageRow&)>& visit) {
  MutexLock lock(&read_mutex_);
  return ReadUsage(*reader_, since, until, visit);
}

absl::StatusOr<bool> SqlUsageStore::RollUp(const RollUpStep& step) {
  MutexLock lock(&write_mutex_);
  bool found = false;
  absl::Status done =
      Transact([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS -> absl::Status {
        absl::StatusOr<bool> one = table_.RollUp(step);
        if (one.ok()) found = *one;
        return one.status();
      });
  if (!done.ok()) return done;
  return found;
}

absl::Status SqlUsageStore::ForgetBoots(absl::Time before) {
  MutexLock lock(&write_mutex_);
  return Transact([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS -> absl::Status {
    absl::StatusOr<Statement> forget =
        writer_->Prepare("DELETE FROM usage_sources WHERE seen_at < ?");
    if (!forget.ok()) return forget.status();
    forget->Bind(1, SecondsOf(before));
    return forget->Run();
  });
}

absl::StatusOr<std::vector<StoredPrice>> SqlUsageStore::LoadPrices() {
  MutexLock lock(&read_mutex_);
  absl::StatusOr<Statement> query = reader_->Prepare(
      "SELECT model, provider, upstream_model, begins_at, is_known, price "
      "FROM own_prices ORDER BY begins_at");
  if (!query.ok()) return query.status();
  std::vector<StoredPrice> prices;
  for (;;) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return prices;
    StoredPrice& price = prices.emplace_back();
    price.model = query->Bytes(0);
    price.provider = query->Bytes(1);
    price.upstream_model = query->Bytes(2);
    if (const std::uint64_t from = query->Number(3); from != 0) {
      price.from = TimeOf(from);
    }
    if (query->Number(4) == 0) continue;
    // What somebody edited reads as unknown, and not as free.
    config::v1::Price message;
    if (message.ParseFromString(query->Bytes(5))) price.price = message;
  }
}

absl::Status SqlUsageStore::SavePrices(const std::vector<StoredPrice>& prices) {
  MutexLock lock(&write_mutex_);
  return Transact([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    absl::Status done;
    for (const StoredPrice& price : prices) {
      if (done.ok()) done = SavePrice(*writer_, price);
    }
    return done;
  });
}

}  // namespace weir::controlplane
