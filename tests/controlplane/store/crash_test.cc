// What is acknowledged survives the death of the process and a full disk.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "controlplane/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/temporary_directory.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

// Big enough that a revision is many pages, so that a kill hits between them.
std::string Content(std::uint64_t revision) {
  return std::string(200'000, static_cast<char>('a' + revision % 26));
}

StoredResources Revision(std::uint64_t revision) {
  StoredResources stored;
  stored.revision = revision;
  stored.resources.add_providers()->set_region(Content(revision));
  return stored;
}

// Saves revision after revision and tells `acknowledged` of each that the
// store says it kept, until it is killed.
[[noreturn]] void WriteForEver(const std::string& path, int acknowledged) {
  auto store = OpenSqliteStore(path);
  if (!store.ok()) _exit(1);
  std::uint64_t revision = (*store)->Load()->revision;
  for (;;) {
    if (!(*store)->Save(Revision(++revision)).ok()) _exit(2);
    if (write(acknowledged, &revision, sizeof(revision)) < 0) _exit(3);
  }
}

// Runs a writer until it has acknowledged `count` revisions, kills it in the
// middle of what it does next, and returns the last one it acknowledged.
std::uint64_t KillAWriterAfter(int count, const std::string& path) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t writer = fork();
  if (writer == 0) {
    close(ends[0]);
    WriteForEver(path, ends[1]);
  }
  close(ends[1]);
  std::uint64_t last = 0;
  for (int i = 0; i < count; ++i) {
    EXPECT_EQ(read(ends[0], &last, sizeof(last)), sizeof(last));
  }
  kill(writer, SIGKILL);
  int status = 0;
  waitpid(writer, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer failed: " << status;
  // What it said after the last one that was waited for.
  while (read(ends[0], &last, sizeof(last)) == sizeof(last)) continue;
  close(ends[0]);
  return last;
}

TEST(CrashTest, AKilledWriterLosesNothingThatItAcknowledged) {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/weir.db";
  for (int round = 1; round <= 15; ++round) {
    const std::uint64_t acknowledged = KillAWriterAfter(round, path);
    auto store = OpenSqliteStore(path);  // Checks its integrity.
    ASSERT_THAT(store, IsOk());
    absl::StatusOr<StoredResources> stored = (*store)->Load();
    ASSERT_THAT(stored, IsOk());
    // One more may have been kept without being acknowledged any more.
    EXPECT_GE(stored->revision, acknowledged);
    EXPECT_LE(stored->revision, acknowledged + 1);
    EXPECT_EQ(stored->resources.providers(0).region(),
              Content(stored->revision));
  }
}

// In a process of its own, whose files can't grow beyond `bytes`: as on a full
// disk. Returns its exit status.
int RunWithFileLimit(rlim_t bytes, int (*body)(Store&),
                     const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    auto store = OpenSqliteStore(path);
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
    _exit(store.ok() ? body(**store) : 100);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(CrashTest, AWriteThatFindsNoRoomIsRefusedAndKeepsTheRest) {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/weir.db";
  {
    auto store = OpenSqliteStore(path);
    ASSERT_THAT(store, IsOk());
    ASSERT_THAT((*store)->Save(Revision(1)), IsOk());
  }
  EXPECT_EQ(RunWithFileLimit(
                100'000,
                [](Store& store) {
                  const absl::Status saved = store.Save(Revision(2));
                  if (!absl::IsUnavailable(saved)) return 1;
                  // Reading goes on.
                  return store.Load()->revision == 1 ? 0 : 2;
                },
                path),
            0);
  auto store = OpenSqliteStore(path);
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ((*store)->Load()->revision, 1);
  EXPECT_THAT((*store)->Save(Revision(2)), IsOk());
}

}  // namespace
}  // namespace weir::controlplane
