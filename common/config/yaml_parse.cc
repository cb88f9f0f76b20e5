#include <google/protobuf/message.h>
#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/config/yaml.h"
#include "common/config/yaml_guard.h"
#include "common/config/yaml_reader.h"

namespace weir::config {
namespace {

// The tree of a checked text; a null node for an empty one.
absl::StatusOr<YAML::Node> Load(const std::string& text,
                                std::string_view file_name) {
  if (auto status = CheckYaml(text, file_name); !status.ok()) return status;
  try {
    return YAML::Load(text);
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(std::string(file_name) + ": " +
                                      error.what());
  }
}

absl::Status Read(const YAML::Node& root, std::string_view file_name,
                  FieldLines& lines, google::protobuf::Message& message) {
  YamlReader reader(lines, kMaxNodes);
  reader.ReadFile(root, message);
  const std::vector<Problem> problems = reader.TakeProblems();
  if (problems.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(Describe(problems, lines, file_name));
}

}  // namespace

absl::StatusOr<ResourceFile> ParseResourceFile(std::string_view text,
                                               std::string_view file_name) {
  const auto root = Load(std::string(text), file_name);
  if (!root.ok()) return root.status();
  ResourceFile file;
  auto status = Read(*root, file_name, file.lines, file.resources);
  if (!status.ok()) return status;
  for (const auto& entry : *root) file.sections.push_back(entry.first.Scalar());
  return file;
}

absl::Status ParseResource(std::string_view text, std::string_view file_name,
                           google::protobuf::Message& message) {
  const auto root = Load(std::string(text), file_name);
  if (!root.ok()) return root.status();
  FieldLines lines;
  message.Clear();
  return Read(*root, file_name, lines, message);
}

}  // namespace weir::config
