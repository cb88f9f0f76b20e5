// Files that a process left behind, whatever became of them since.
#ifndef WEIR_DATAPLANE_SPOOL_RECOVERY_FILES_H_
#define WEIR_DATAPLANE_SPOOL_RECOVERY_FILES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/spool/batch_file.h"
#include "dataplane/usage/slot_table.h"

namespace weir::dataplane {

// What the names of slots' files begin with.
inline constexpr char kSlotFiles[] = "slots-";
// What stands behind the names of files that make no sense.
inline constexpr char kSetAside[] = ".bad";

// The batches of a start in the order of their sequences. A file that is none
// (garbage, cut, foreign, of another version) is set aside, with a sentence in
// `notes`.
std::vector<StoredBatch> ReadBatches(const std::string& directory,
                                     std::uint64_t boot_id,
                                     std::vector<std::string>& notes);

// The tables of a start, with the same care.
std::vector<std::unique_ptr<SlotTable>> ReadSlotTables(
    const std::string& directory, std::uint64_t boot_id,
    std::vector<std::string>& notes);

// Gives `path` a name that nobody looks for; says so in `notes`.
void SetAside(const std::string& path, const std::string& why,
              std::vector<std::string>& notes);
bool HasFilesSetAside(const std::string& directory);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SPOOL_RECOVERY_FILES_H_
