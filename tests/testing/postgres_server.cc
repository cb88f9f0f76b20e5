#include "tests/testing/postgres_server.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kPatience = absl::Seconds(30);

// Debian keeps one folder a version; the highest is as good as any.
fs::path BinaryFolder() {
  fs::path newest;
  std::error_code ignored;
  for (const auto& entry :
       fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    if (entry.path() > newest) newest = entry.path();
  }
  return newest / "bin";
}

absl::StatusOr<pid_t> Spawn(const std::vector<std::string>& command,
                            const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                   O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, arguments[0], &actions, nullptr,
                                 arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return pid;
  return absl::InternalError(
      absl::StrCat(command[0], ": ", std::strerror(error)));
}

std::string Content(const fs::path& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::Start(
    int tcp_port) {
  std::string folder = (fs::temp_directory_path() / "weir-pg-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return absl::InternalError("no temporary folder");
  }
  std::unique_ptr<PostgresServer> server(new PostgresServer(folder, tcp_port));
  if (geteuid() == 0) {
    const passwd* user = getpwnam("postgres");
    if (user == nullptr ||
        chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) {
      return absl::InternalError(
          "there is no user postgres; install the package postgresql");
    }
  }
  std::vector<std::string> make = server->CommandOf("initdb");
  make.insert(make.end(),
              {"--pgdata", folder + "/data", "--no-sync", "--auth", "trust",
               "--username", "postgres", "--encoding", "UTF8", "--no-locale"});
  const absl::StatusOr<pid_t> pid = Spawn(make, folder + "/log");
  if (!pid.ok()) return pid.status();
  int status = 0;
  waitpid(*pid, &status, 0);
  if (status != 0) return absl::InternalError(Content(folder + "/log"));
  absl::Status started = server->Resume();
  if (!started.ok()) return started;
  return server;
}

PostgresServer::~PostgresServer() {
  Stop();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::vector<std::string> PostgresServer::CommandOf(
    const std::string& program) const {
  std::vector<std::string> command;
  if (geteuid() == 0) {
    command = {"setpriv",  "--reuid",        "postgres",    "--regid",
               "postgres", "--clear-groups", "--pdeathsig", "QUIT"};
  }
  command.push_back(BinaryFolder() / program);
  return command;
}

std::string PostgresServer::UrlOf(const std::string& database) const {
  return absl::StrCat("postgresql://postgres@",
                      absl::StrReplaceAll(folder_.string(), {{"/", "%2F"}}),
                      tcp_port_ == 0 ? "" : absl::StrCat(":", tcp_port_), "/",
                      database);
}

absl::Status PostgresServer::Resume() {
  std::vector<std::string> run = CommandOf("postgres");
  // What it loses when the machine does is no concern here.
  run.insert(run.end(), {"-D", folder_ / "data", "-k", folder_, "-c",
                         tcp_port_ == 0 ? "listen_addresses="
                                        : "listen_addresses=127.0.0.1",
                         "-c", "fsync=off"});
  if (tcp_port_ != 0) run.insert(run.end(), {"-p", absl::StrCat(tcp_port_)});
  const absl::StatusOr<pid_t> pid = Spawn(run, folder_ / "log");
  if (!pid.ok()) return pid.status();
  pid_ = *pid;
  const absl::Time deadline = absl::Now() + kPatience;
  while (PQping(UrlOf("postgres").c_str()) != PQPING_OK) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0 || absl::Now() > deadline) {
      return absl::InternalError(Content(folder_ / "log"));
    }
    poll(nullptr, 0, 20);
  }
  return absl::OkStatus();
}

void PostgresServer::Stop() {
  if (pid_ < 0) return;
  kill(pid_, SIGQUIT);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void PostgresServer::SignalAll(int signal) const {
  kill(pid_, signal);
  // Each of its children leads a group of its own.
  std::error_code ignored;
  for (const auto& process : fs::directory_iterator("/proc", ignored)) {
    pid_t child = 0;
    pid_t parent = 0;
    if (std::sscanf(Content(process.path() / "stat").c_str(), "%d %*s %*c %d",
                    &child, &parent) == 2 &&
        parent == pid_) {
      kill(child, signal);
    }
  }
}

absl::StatusOr<std::string> PostgresServer::NewDatabase() {
  const std::string name = absl::StrCat("test_", ++databases_);
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(
      PQconnectdb(UrlOf("postgres").c_str()), PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
      PQexec(connection.get(), absl::StrCat("CREATE DATABASE ", name).c_str()),
      PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    return absl::InternalError(PQerrorMessage(connection.get()));
  }
  if (tcp_port_ == 0) return UrlOf(name);
  return absl::StrCat("postgresql://postgres@127.0.0.1:", tcp_port_, "/", name);
}

}  // namespace weir::testing
