// Resource files: YAML to messages and back.
#ifndef WEIR_COMMON_CONFIG_YAML_H_
#define WEIR_COMMON_CONFIG_YAML_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::config {

// What is wrong with a resource, and what to do about it.
struct Problem {
  // Where: `providers[2].base_url`, indexes from 0.
  std::string field;
  // `has no scheme: "api.openai.com"`.
  std::string what;
  // `write https://api.openai.com/v1`.
  std::string fix;

  friend bool operator==(const Problem&, const Problem&) = default;
};

// Where each field of a file stands: `providers[2].base_url` to a line from 1.
// A field that the file leaves out has the line of the nearest one around it.
class FieldLines {
 public:
  void Set(std::string field, int line);
  // nullopt when the file is empty.
  std::optional<int> Find(std::string_view field) const;

 private:
  std::map<std::string, int, std::less<>> lines_;
};

// The top-level keys that a file has, an empty list under one counts: a file
// owns these kinds of resources and says nothing of the rest.
struct ResourceFile {
  v1::Resources resources;
  FieldLines lines;
  std::vector<std::string> sections;
};

// Reads the YAML form of Resources: the protobuf JSON mapping with field names
// as in the .proto files, enum values without their prefix in lower case
// (`dialect: openai`), durations as `1m30s`, `10s`, `250ms`, times as
// `2026-01-31T12:00:00Z` or, at midnight UTC, `2026-01-31`. Unknown and
// repeated fields and values of the wrong type are problems; all of them are
// found, not the first one.
//
// Returns INVALID_ARGUMENT with a line a problem, each
// `file_name:line: field: what; fix`.
absl::StatusOr<ResourceFile> ParseResourceFile(std::string_view text,
                                               std::string_view file_name);

// Reads one resource in the same form: for `weirctl provider set -f`. `message`
// is a Provider, Model, ClientKey or Policy.
absl::Status ParseResource(std::string_view text, std::string_view file_name,
                           google::protobuf::Message& message);

// The same form; what has its default value is left out. Parsing the result
// gives an equal message.
std::string ToYaml(const google::protobuf::Message& message);

// `file_name:line: field: what; fix`, a line each, for problems that a
// validator found in a file.
std::string Describe(const std::vector<Problem>& problems,
                     const FieldLines& lines, std::string_view file_name);

// `field: what; fix`, a line each, where there is no file.
std::string Describe(const std::vector<Problem>& problems);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_YAML_H_
