#include "controlplane/store/postgres_statement.h"

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/concat.h"
#include "common/utf8.h"
#include "controlplane/store/postgres_connection.h"
#include "controlplane/store/postgres_database.h"

namespace weir::controlplane {

std::string NumberPlaceholders(std::string_view sql) {
  std::string numbered;
  int position = 0;
  for (const char c : sql) {
    if (c == '?') {
      Append(numbered, "$", ++position);
    } else {
      numbered += c;
    }
  }
  return numbered;
}

PostgresStatement::~PostgresStatement() { TakeRest(); }

PostgresValue& PostgresStatement::At(int position) {
  const auto index = static_cast<std::size_t>(position) - 1;
  if (values_.size() <= index) values_.resize(index + 1);
  return values_[index];
}

void PostgresStatement::Bind(int position, std::uint64_t value) {
  At(position) = {Concat(static_cast<std::int64_t>(value)),
                  PostgresValue::Format::kText};
}

void PostgresStatement::BindBlob(int position, std::string_view bytes) {
  At(position) = {std::string(bytes), PostgresValue::Format::kBinary};
}

void PostgresStatement::BindText(int position, std::string_view text) {
  At(position) = {WellFormedUtf8(text), PostgresValue::Format::kText};
}

absl::Status PostgresStatement::Send() {
  const absl::StatusOr<PostgresConnection*> connection = database_.Ready();
  if (!connection.ok()) return connection.status();
  absl::Status sent = (*connection)->Send(sql_, values_);
  if (!sent.ok()) return database_.After(sent);
  database_.active_ = this;
  state_ = State::kActive;
  return absl::OkStatus();
}

absl::StatusOr<bool> PostgresStatement::Step() {
  row_.reset();
  if (state_ == State::kNew) {
    if (absl::Status sent = Send(); !sent.ok()) return sent;
  }
  if (state_ == State::kDone) return false;
  absl::StatusOr<PostgresResult> row = database_.connection_->Next();
  if (row.ok() && *row != nullptr) {
    row_ = *std::move(row);
    return true;
  }
  state_ = State::kDone;
  database_.active_ = nullptr;
  if (!row.ok()) return database_.After(row.status());
  return false;
}

void PostgresStatement::TakeRest() {
  while (state_ == State::kActive) {
    // What goes wrong here whoever uses the connection next is told.
    if (!Step().ok()) return;
  }
}

void PostgresStatement::Abandon() { state_ = State::kDone; }

std::uint64_t PostgresStatement::Number(int column) const {
  // int4 or int8, the highest byte first.
  const int size = PQgetlength(row_.get(), 0, column);
  const char* bytes = PQgetvalue(row_.get(), 0, column);
  const bool negative = size > 0 && (static_cast<signed char>(bytes[0]) < 0);
  std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
  for (int i = 0; i < size; ++i) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

std::string PostgresStatement::Bytes(int column) const {
  const int size = PQgetlength(row_.get(), 0, column);
  return std::string(PQgetvalue(row_.get(), 0, column),
                     static_cast<std::size_t>(size));
}

}  // namespace weir::controlplane
