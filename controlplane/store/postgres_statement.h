// One statement for a PostgreSQL database.
#ifndef WEIR_CONTROLPLANE_STORE_POSTGRES_STATEMENT_H_
#define WEIR_CONTROLPLANE_STORE_POSTGRES_STATEMENT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "controlplane/store/database.h"
#include "controlplane/store/postgres_connection.h"
#include "controlplane/store/postgres_database.h"

namespace weir::controlplane {

// `sql` with $1, $2 ... for its question marks. Pure.
std::string NumberPlaceholders(std::string_view sql);

// Is sent with its first step.
class PostgresStatement final : public StatementDriver {
 public:
  // `database` outlives this.
  PostgresStatement(PostgresDatabase& database, std::string_view sql)
      : database_(database), sql_(NumberPlaceholders(sql)) {}
  // Takes what is left of its rows.
  ~PostgresStatement() override;

  void Bind(int position, std::uint64_t value) override;
  void BindBlob(int position, std::string_view bytes) override;
  // What is not UTF-8, which PostgreSQL refuses, becomes question marks.
  void BindText(int position, std::string_view text) override;
  absl::StatusOr<bool> Step() override;
  std::uint64_t Number(int column) const override;
  std::string Bytes(int column) const override;

  // Takes what is left of its rows, of which nobody wants any.
  void TakeRest();
  // Its connection is gone, and its rows with it.
  void Abandon();

 private:
  PostgresValue& At(int position);
  absl::Status Send();

  PostgresDatabase& database_;
  const std::string sql_;
  std::vector<PostgresValue> values_;
  enum class State { kNew, kActive, kDone } state_ = State::kNew;
  PostgresResult row_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_POSTGRES_STATEMENT_H_
