// Where a store's test keeps its data, of each kind of database.
#ifndef WEIR_TESTS_CONTROLPLANE_STORE_STORE_PLACE_H_
#define WEIR_TESTS_CONTROLPLANE_STORE_STORE_PLACE_H_

#include <memory>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "controlplane/store/database.h"
#include "controlplane/store/open_store.h"
#include "controlplane/store/postgres_database.h"
#include "controlplane/store/postgres_url.h"
#include "controlplane/store/sqlite_database.h"
#include "controlplane/store/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/temporary_directory.h"
#include "tests/testing/postgres_server.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {

enum class StoreKind { kSqlite, kPostgres };

inline const char* NameOf(StoreKind kind) {
  return kind == StoreKind::kSqlite ? "Sqlite" : "Postgres";
}
inline void PrintTo(StoreKind kind, std::ostream* out) { *out << NameOf(kind); }

// One for all tests of a binary: a server takes seconds to make.
inline testing::PostgresServer& SharedPostgres() {
  static const auto server = testing::PostgresServer::Start();
  EXPECT_THAT(server, testing::IsOk());
  return **server;
}

// An empty place, in which a store can be opened again and again.
class StorePlace {
 public:
  explicit StorePlace(StoreKind kind) {
    if (kind == StoreKind::kSqlite) {
      path_ = directory_.path() + "/weir.db";
      url_ = "sqlite://" + path_;
      return;
    }
    const auto url = SharedPostgres().NewDatabase();
    EXPECT_THAT(url, testing::IsOk());
    url_ = url.value_or("");
  }

  const std::string& url() const { return url_; }
  absl::StatusOr<std::unique_ptr<Store>> Open() {
    return OpenStore(url_, clock_);
  }

  // As an operator with a shell of the database has it.
  std::unique_ptr<Database> Connect() {
    if (path_.empty()) {
      return std::make_unique<PostgresDatabase>(*ParsePostgresUrl(url_),
                                                PostgresLimits(), clock_);
    }
    auto database = SqliteDatabase::Open(path_);
    EXPECT_THAT(database, testing::IsOk());
    return database.ok() ? *std::move(database) : nullptr;
  }
  void Execute(const std::string& sql) {
    EXPECT_THAT(Connect()->Execute(sql), testing::IsOk());
  }

 private:
  TemporaryDirectory directory_;
  // Empty: it is no file.
  std::string path_;
  std::string url_;
  SystemClock clock_;
};

// A store of each kind, and opened again.
class EveryStore : public ::testing::TestWithParam<StoreKind> {
 protected:
  EveryStore() { Reopen(); }

  void Reopen() {
    store_.reset();
    absl::StatusOr<std::unique_ptr<Store>> store = place_.Open();
    ASSERT_THAT(store, testing::IsOk());
    store_ = *std::move(store);
  }

  StorePlace place_{GetParam()};
  std::unique_ptr<Store> store_;
};

inline auto EveryKind() {
  return ::testing::Values(StoreKind::kSqlite, StoreKind::kPostgres);
}
inline std::string KindName(const ::testing::TestParamInfo<StoreKind>& test) {
  return NameOf(test.param);
}

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_STORE_STORE_PLACE_H_
