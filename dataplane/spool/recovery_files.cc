#include "dataplane/spool/recovery_files.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/read_file.h"
#include "dataplane/spool/batch_file.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/slot_table.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {
namespace {

// In the order of their names.
std::vector<std::string> FilesOf(const std::string& directory,
                                 std::string_view prefix) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end;
       !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(prefix) && !name.ends_with(kSetAside) &&
        !name.ends_with(".tmp")) {
      paths.push_back(it->path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

absl::StatusOr<StoredBatch> ReadBatch(const std::string& path,
                                      std::uint64_t boot_id) {
  const absl::StatusOr<std::string> content = ReadFile(path);
  if (!content.ok()) return content.status();
  absl::StatusOr<StoredBatch> batch = DecodeBatch(*content);
  if (batch.ok() && batch->boot_id != boot_id) {
    return absl::FailedPreconditionError("of another process");
  }
  // It goes on as it is, so whoever gets it must be able to read it.
  if (batch.ok() && !routing::v1::UsageBatch().ParseFromString(batch->bytes)) {
    return absl::FailedPreconditionError("no batch of usage");
  }
  return batch;
}

absl::StatusOr<std::unique_ptr<SlotTable>> ReadTable(const std::string& path,
                                                     std::uint64_t boot_id) {
  absl::StatusOr<Mapping> mapping = Mapping::Open(path, 1);
  if (!mapping.ok()) return mapping.status();
  return SlotTable::Adopt(*std::move(mapping), boot_id);
}

}  // namespace

void SetAside(const std::string& path, const std::string& why,
              std::vector<std::string>& notes) {
  notes.push_back(
      absl::StrCat(path, ": ", why, "; set aside as ", path, kSetAside));
  std::rename(path.c_str(), absl::StrCat(path, kSetAside).c_str());
}

bool HasFilesSetAside(const std::string& directory) {
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end;
       !error && it != end; it.increment(error)) {
    if (it->path().extension() == kSetAside) return true;
  }
  return false;
}

std::vector<StoredBatch> ReadBatches(const std::string& directory,
                                     std::uint64_t boot_id,
                                     std::vector<std::string>& notes) {
  std::vector<StoredBatch> batches;
  for (const std::string& path : FilesOf(directory, "batch-")) {
    absl::StatusOr<StoredBatch> batch = ReadBatch(path, boot_id);
    if (batch.ok()) {
      batches.push_back(*std::move(batch));
    } else {
      SetAside(path, std::string(batch.status().message()), notes);
    }
  }
  return batches;
}

std::vector<std::unique_ptr<SlotTable>> ReadSlotTables(
    const std::string& directory, std::uint64_t boot_id,
    std::vector<std::string>& notes) {
  std::vector<std::unique_ptr<SlotTable>> tables;
  for (const std::string& path : FilesOf(directory, kSlotFiles)) {
    absl::StatusOr<std::unique_ptr<SlotTable>> table = ReadTable(path, boot_id);
    if (table.ok()) {
      tables.push_back(*std::move(table));
    } else {
      SetAside(path, std::string(table.status().message()), notes);
    }
  }
  return tables;
}

}  // namespace weir::dataplane
