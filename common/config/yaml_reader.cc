#include "common/config/yaml_reader.h"

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/config/nearest.h"
#include "common/config/scalar.h"

namespace weir::config {
namespace {

int LineOf(const YAML::Node& node) { return node.Mark().line + 1; }

std::string Join(const std::string& path, const std::string& field) {
  return path.empty() ? field : path + '.' + field;
}

std::vector<std::string> FieldNames(const google::protobuf::Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) {
    names.push_back(type.field(i)->name());
  }
  return names;
}

// `a list`, `a mapping`, `a value`: what the file has there.
std::string KindOf(const YAML::Node& node) {
  if (node.IsSequence()) return "a list";
  return node.IsMap() ? "a mapping" : "a single value";
}

// A value that is left empty means the same as a field that is left out.
bool IsEmpty(const YAML::Node& node) { return node.IsNull(); }

}  // namespace

void YamlReader::ReadFile(const YAML::Node& root,
                          google::protobuf::Message& message) {
  if (IsEmpty(root)) return;
  lines_.Set("", LineOf(root));
  ReadMessage(root, "", message);
}

void YamlReader::ReadMessage(const YAML::Node& node, const std::string& path,
                             google::protobuf::Message& message) {
  const auto& type = *message.GetDescriptor();
  if (!node.IsMap()) {
    problems_.Add(path, "is " + KindOf(node) + " where fields belong",
                  "write fields as `name: value`; " +
                      Suggest("", "fields", FieldNames(type)));
    return;
  }
  ForEachEntry(node, path,
               [&](const std::string& name, const std::string& field_path,
                   const YAML::Node& value) {
                 const Field* field = type.FindFieldByName(name);
                 if (field == nullptr) {
                   problems_.Add(field_path, "is not a field that weir knows",
                                 Suggest(name, "fields", FieldNames(type)));
                 } else {
                   ReadEntry(value, *field, field_path, message);
                 }
               });
}

void YamlReader::ForEachEntry(const YAML::Node& node, const std::string& path,
                              const EntryFunction& read) {
  std::map<std::string, int> first_lines;
  for (const auto& entry : node) {
    const YAML::Node& key = entry.first;
    if (!key.IsScalar()) {
      problems_.Add(path, "has " + KindOf(key) + " as the name of a field",
                    "write the name of a field");
      continue;
    }
    const std::string& name = key.Scalar();
    const std::string entry_path = Join(path, name);
    const auto [first, is_new] = first_lines.try_emplace(name, LineOf(key));
    lines_.Set(entry_path, LineOf(key));
    if (is_new) {
      read(name, entry_path, entry.second);
    } else {
      problems_.Add(
          entry_path,
          "stands twice, first on line " + std::to_string(first->second),
          "keep one of the two");
    }
  }
}

void YamlReader::ReadEntry(const YAML::Node& value, const Field& field,
                           const std::string& path,
                           google::protobuf::Message& message) {
  if (IsEmpty(value)) return;
  if (const auto* oneof = field.real_containing_oneof()) {
    const auto* other =
        message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
    if (other != nullptr) {
      problems_.Add(path,
                    "stands beside " + other->name() + ", which excludes it",
                    "keep one of the two");
      return;
    }
  }
  const FieldSlot slot(message, field);
  if (field.is_map()) {
    ReadMap(value, path, slot);
  } else if (field.is_repeated()) {
    ReadList(value, path, slot);
  } else {
    ReadValue(value, path, slot);
  }
}

void YamlReader::ReadMap(const YAML::Node& node, const std::string& path,
                         FieldSlot slot) {
  if (!node.IsMap()) {
    problems_.Add(path, "is " + KindOf(node) + " where a mapping belongs",
                  "write entries as `name: value`");
    return;
  }
  const auto& type = *slot.field().message_type();
  ForEachEntry(
      node, path,
      [&](const std::string& name, const std::string& entry_path,
          const YAML::Node& value) {
        if (IsEmpty(value)) return;
        google::protobuf::Message& entry = slot.PutMessage();
        if (auto misfit = PutScalar(name, FieldSlot(entry, *type.map_key()))) {
          problems_.Add(entry_path, std::move(misfit->what),
                        std::move(misfit->fix));
          return;
        }
        ReadValue(value, entry_path, FieldSlot(entry, *type.map_value()));
      });
}

void YamlReader::ReadList(const YAML::Node& node, const std::string& path,
                          FieldSlot slot) {
  if (!node.IsSequence()) {
    problems_.Add(path, "is " + KindOf(node) + " where a list belongs",
                  "begin each item with `- `, or write [one, two]");
    return;
  }
  std::size_t index = 0;
  for (const YAML::Node& item : node) {
    const std::string item_path = path + '[' + std::to_string(index++) + ']';
    if (IsEmpty(item)) {
      // Its mark is that of what follows, so it has the list's line.
      problems_.Add(item_path, "is empty",
                    "write the item, or remove the dash");
    } else {
      lines_.Set(item_path, LineOf(item));
      ReadValue(item, item_path, slot);
    }
  }
}

void YamlReader::ReadValue(const YAML::Node& node, const std::string& path,
                           FieldSlot slot) {
  if (nodes_left_ == 0) return;
  if (--nodes_left_ == 0) {
    problems_.Add(path, "makes the file too large, aliases included",
                  "split the file or use fewer aliases");
    return;
  }
  if (!IsScalarValue(slot.field())) {
    ReadMessage(node, path, slot.PutMessage());
    return;
  }
  if (!node.IsScalar()) {
    problems_.Add(path, "is " + KindOf(node) + " where a single value belongs",
                  "write one value");
    return;
  }
  if (auto misfit = PutScalar(node.Scalar(), slot)) {
    problems_.Add(path, std::move(misfit->what), std::move(misfit->fix));
  }
}

}  // namespace weir::config
