// One walk over a YAML tree and a message's fields together.
#ifndef WEIR_COMMON_CONFIG_YAML_READER_H_
#define WEIR_COMMON_CONFIG_YAML_READER_H_

#include <google/protobuf/message.h>
#include <yaml-cpp/node/node.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "common/config/field_slot.h"
#include "common/config/problem_list.h"
#include "common/config/yaml.h"

namespace weir::config {

// Goes where the message's type goes, never where the file alone leads, so
// aliases that contain themselves end it nowhere; how many nodes it visits is
// bounded, so aliases that multiply cost little.
//
// Used once, for one file.
class YamlReader {
 public:
  // Visits no more than `max_nodes`; beyond that is a problem. REQUIRES:
  // `lines` outlives this.
  YamlReader(FieldLines& lines, std::size_t max_nodes)
      : lines_(lines), nodes_left_(max_nodes) {}

  // Fills `message` with what `root` says and notes every problem.
  void ReadFile(const YAML::Node& root, google::protobuf::Message& message);

  // In the order of the file.
  std::vector<Problem> TakeProblems() { return problems_.Take(); }

 private:
  using Field = google::protobuf::FieldDescriptor;

  // What stands at `name:`; `path` is the entry's.
  using EntryFunction = std::function<void(
      const std::string& name, const std::string& path, const YAML::Node&)>;
  // Each entry of a mapping whose name is a sound one, once.
  void ForEachEntry(const YAML::Node& node, const std::string& path,
                    const EntryFunction& read);
  void ReadMessage(const YAML::Node& node, const std::string& path,
                   google::protobuf::Message& message);
  void ReadEntry(const YAML::Node& value, const Field& field,
                 const std::string& path, google::protobuf::Message& message);
  // A field of type map<>.
  void ReadMap(const YAML::Node& node, const std::string& path, FieldSlot slot);
  void ReadList(const YAML::Node& node, const std::string& path,
                FieldSlot slot);
  void ReadValue(const YAML::Node& node, const std::string& path,
                 FieldSlot slot);

  FieldLines& lines_;
  std::size_t nodes_left_;
  ProblemList problems_;
};

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_YAML_READER_H_
