// What the validators share: a place for findings, and checks of single values.
#ifndef WEIR_COMMON_CONFIG_JUDGE_H_
#define WEIR_COMMON_CONFIG_JUDGE_H_

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "common/config/problem_list.h"
#include "common/config/validate.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::config {

// Names to indexes in the resources.
using NameIndex = std::map<std::string, int, std::less<>>;

// `path` is where the value stands: `providers[2].timeouts.fast`.
class Judge {
 public:
  void Refuse(std::string path, std::string what, std::string fix);
  void Warn(std::string path, std::string what, std::string fix);

  // 1 to 63 of a-z A-Z 0-9 . _ -, beginning with a letter or digit.
  void CheckName(const std::string& path, std::string_view name);
  // That `known`, name to index, has no `noun` called `name`.
  void RefuseUnknown(const std::string& path, const std::string& noun,
                     const std::string& name, const NameIndex& known);
  // As CheckName(), and nothing in `seen`, name to path, has it yet; it does
  // afterwards.
  void CheckUniqueName(const std::string& path, const std::string& name,
                       std::map<std::string, std::string>& seen);
  // Free text: no control characters, 255 bytes at most. May be empty.
  void CheckText(const std::string& path, std::string_view text);
  // NaN is in no range.
  void CheckNumber(const std::string& path, double value, double min,
                   double max);
  // In (0, max].
  void CheckAboveZero(const std::string& path, double value, double max);
  void CheckDuration(const std::string& path,
                     const google::protobuf::Duration& value,
                     absl::Duration min, absl::Duration max);
  // One that the protobuf JSON mapping can write: of the years 1 to 9999.
  void CheckTime(const std::string& path,
                 const google::protobuf::Timestamp& value);
  // An absolute path; `noun` says of what.
  void CheckAbsolutePath(const std::string& path, std::string_view value,
                         const std::string& noun);
  void CheckMode(const std::string& path, v1::Mode mode);

  Findings Take() { return {problems_.Take(), warnings_.Take()}; }

 private:
  ProblemList problems_;
  ProblemList warnings_;
};

// `"text"`, cut where it gets long.
std::string Quote(std::string_view text);

// `field[index]`.
std::string At(std::string_view field, int index);

// Whether `text` holds a control character.
bool HasControl(std::string_view text);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_JUDGE_H_
