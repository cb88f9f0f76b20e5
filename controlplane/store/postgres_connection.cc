#include "controlplane/store/postgres_connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/concat.h"
#include "controlplane/store/postgres_url.h"

namespace weir::controlplane {
namespace {

// Real time: what is waited for is the network.
absl::Time Now() { return SystemClock().Now(); }

std::string Milliseconds(absl::Duration duration) {
  return Concat(absl::ToInt64Milliseconds(duration));
}

// What a statement's failure means to the caller, by its SQLSTATE
// (PostgreSQL's documentation, appendix A).
absl::Status ByState(std::string_view state, const std::string& message) {
  const std::string_view kind = state.substr(0, 2);
  // Damaged data or index.
  if (kind == "XX" && state != "XX000") {
    return absl::DataLossError(
        absl::StrCat(message, "; restore a backup of the database"));
  }
  if (state == "25006") {
    return absl::UnavailableError(absl::StrCat(
        message, "; it is read-only now, name its primary or wait for it"));
  }
  if (kind == "53") {
    return absl::UnavailableError(absl::StrCat(
        message, "; the server is out of disk, memory or connections"));
  }
  // Connection, serialization, operator's intervention and timeouts, system
  // errors, who may do what: of today, not of the statement.
  for (const std::string_view passing :
       {"08", "40", "55", "57", "58", "28", "42501", "3D"}) {
    if (state.starts_with(passing)) {
      return absl::UnavailableError(absl::StrCat(message, "; try again"));
    }
  }
  return absl::InternalError(
      absl::StrCat(message, " (", std::string(state), ")"));
}

void Ignore(void*, const char*) {}

}  // namespace

void ClearResult::operator()(pg_result* result) const { PQclear(result); }

void PostgresConnection::Finish::operator()(pg_conn* handle) const {
  PQfinish(handle);
}

bool PostgresConnection::InTransaction() const {
  return PQtransactionStatus(handle_.get()) == PQTRANS_INTRANS;
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Connect(
    const PostgresUrl& url, const PostgresLimits& limits) {
  std::unique_ptr<PostgresConnection> connection(
      new PostgresConnection(url, limits));
  absl::Status status = connection->Open();
  if (status.ok()) {
    status = connection->Execute(
        absl::StrCat("SET search_path TO weir; SET statement_timeout TO ",
                     Milliseconds(limits.statement), "; SET lock_timeout TO ",
                     Milliseconds(limits.lock),
                     "; SET idle_in_transaction_session_timeout TO ",
                     Milliseconds(limits.idle_transaction)));
  }
  if (!status.ok()) return status;
  return connection;
}

absl::Status PostgresConnection::Open() {
  // What stands before the URL is overridden by it, what stands behind is not.
  constexpr std::array<const char*, 8> kKeywords = {
      "application_name",    "keepalives_idle",
      "keepalives_interval", "keepalives_count",
      "tcp_user_timeout",    "dbname",
      "client_encoding",     nullptr};
  const std::array<const char*, 8> values = {
      "weir-controlplane", "10",   "5",    "3", "10000",
      url_.url.c_str(),    "UTF8", nullptr};
  handle_.reset(PQconnectStartParams(kKeywords.data(), values.data(), 1));
  if (handle_ == nullptr) return Lost("out of memory");
  PQsetNoticeProcessor(handle_.get(), Ignore, nullptr);
  const absl::Time deadline = Now() + limits_.connect;
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED ||
        PQstatus(handle_.get()) == CONNECTION_BAD) {
      return Lost(PQerrorMessage(handle_.get()));
    }
    absl::Status ready =
        WaitFor(state == PGRES_POLLING_READING ? Wanted::kRead : Wanted::kWrite,
                deadline);
    if (!ready.ok()) return ready;
    state = PQconnectPoll(handle_.get());
  }
  PQsetnonblocking(handle_.get(), 1);
  return absl::OkStatus();
}

absl::Time PostgresConnection::Deadline() const {
  return Now() + limits_.statement + limits_.silence;
}

absl::Status PostgresConnection::WaitFor(Wanted wanted, absl::Time deadline) {
  pollfd entry{PQsocket(handle_.get()), 0, 0};
  if (wanted != Wanted::kWrite) entry.events |= POLLIN;
  if (wanted != Wanted::kRead) entry.events |= POLLOUT;
  for (;;) {
    const absl::Duration left =
        std::max(absl::ZeroDuration(), deadline - Now());
    // Rounded up: a wait that ends too early is no end.
    const int ready =
        poll(&entry, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return Lost(std::strerror(errno));
    if (ready == 0 && Now() >= deadline) return Lost("no answer in time");
  }
}

absl::Status PostgresConnection::Flush(absl::Time deadline) {
  for (;;) {
    const int left = PQflush(handle_.get());
    if (left == 0) return absl::OkStatus();
    if (left < 0) return Lost(PQerrorMessage(handle_.get()));
    // The server may have something to say before it takes the rest.
    absl::Status ready = WaitFor(Wanted::kBoth, deadline);
    if (!ready.ok()) return ready;
    if (PQconsumeInput(handle_.get()) == 0) {
      return Lost(PQerrorMessage(handle_.get()));
    }
  }
}

absl::Status PostgresConnection::Send(
    const std::string& sql, const std::vector<PostgresValue>& values) {
  std::vector<const char*> bytes;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (const PostgresValue& value : values) {
    bytes.push_back(value.bytes.c_str());
    lengths.push_back(static_cast<int>(value.bytes.size()));
    formats.push_back(static_cast<int>(value.format));
  }
  constexpr int kBinaryRows = 1;
  if (PQsendQueryParams(handle_.get(), sql.c_str(),
                        static_cast<int>(values.size()), nullptr, bytes.data(),
                        lengths.data(), formats.data(), kBinaryRows) == 0) {
    return Lost(PQerrorMessage(handle_.get()));
  }
  // Rows are not kept in memory before they are wanted.
  PQsetSingleRowMode(handle_.get());
  return Flush(Deadline());
}

absl::StatusOr<PostgresResult> PostgresConnection::NextResult() {
  const absl::Time deadline = Deadline();
  while (PQisBusy(handle_.get()) != 0) {
    absl::Status ready = WaitFor(Wanted::kRead, deadline);
    if (!ready.ok()) return ready;
    if (PQconsumeInput(handle_.get()) == 0) {
      return Lost(PQerrorMessage(handle_.get()));
    }
  }
  return PostgresResult(PQgetResult(handle_.get()));
}

absl::StatusOr<PostgresResult> PostgresConnection::Next() {
  for (;;) {
    absl::StatusOr<PostgresResult> result = NextResult();
    if (!result.ok() || *result == nullptr) return result;
    switch (PQresultStatus(result->get())) {
      case PGRES_SINGLE_TUPLE:
        return result;
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
      case PGRES_EMPTY_QUERY:
        break;  // Nothing more but the end.
      default: {
        absl::Status error = ErrorOf(result->get());
        TakeToEnd().IgnoreError();  // The first error is the one to tell.
        return error;
      }
    }
  }
}

absl::Status PostgresConnection::TakeToEnd() {
  for (;;) {
    const absl::StatusOr<PostgresResult> result = NextResult();
    if (!result.ok()) return result.status();
    if (*result == nullptr) return absl::OkStatus();
  }
}

absl::Status PostgresConnection::Execute(const std::string& sql) {
  if (PQsendQuery(handle_.get(), sql.c_str()) == 0) {
    return Lost(PQerrorMessage(handle_.get()));
  }
  if (absl::Status sent = Flush(Deadline()); !sent.ok()) return sent;
  for (;;) {
    const absl::StatusOr<PostgresResult> result = NextResult();
    if (!result.ok()) return result.status();
    if (*result == nullptr) return absl::OkStatus();
    const ExecStatusType status = PQresultStatus(result->get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
        status == PGRES_EMPTY_QUERY) {
      continue;
    }
    absl::Status error = ErrorOf(result->get());
    TakeToEnd().IgnoreError();
    return error;
  }
}

bool PostgresConnection::Alive() {
  if (!usable_ || PQstatus(handle_.get()) != CONNECTION_OK) return false;
  pollfd entry{PQsocket(handle_.get()), POLLIN, 0};
  // A server that stops says so, and then there is the end to be read.
  while (poll(&entry, 1, 0) > 0) {
    if (PQconsumeInput(handle_.get()) == 0 ||
        PQstatus(handle_.get()) != CONNECTION_OK) {
      return false;
    }
    if ((entry.revents & (POLLHUP | POLLERR)) != 0) return false;
  }
  return true;
}

absl::Status PostgresConnection::Lost(const std::string& why) {
  usable_ = false;
  return absl::UnavailableError(absl::StrCat(
      "store ", url_.name, " can't be reached: ", Presentable(why, url_),
      "; it is tried again"));
}

absl::Status PostgresConnection::ErrorOf(const pg_result* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  // Without one, libpq itself says that the connection is gone.
  if (state == nullptr) return Lost(PQresultErrorMessage(result));
  if (PQstatus(handle_.get()) != CONNECTION_OK) usable_ = false;
  // The primary message alone: details quote values.
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return ByState(state, absl::StrCat("store ", url_.name, ": ",
                                     Presentable(message, url_)));
}

}  // namespace weir::controlplane
