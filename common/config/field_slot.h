// Where a value goes in a message: into a field, or at the end of a list.
#ifndef WEIR_COMMON_CONFIG_FIELD_SLOT_H_
#define WEIR_COMMON_CONFIG_FIELD_SLOT_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <utility>

namespace weir::config {

// REQUIRES for every call: the field has the C++ type of the value. Refers to
// the message, which must outlive it.
class FieldSlot {
 public:
  FieldSlot(google::protobuf::Message& message,
            const google::protobuf::FieldDescriptor& field)
      : message_(message),
        field_(field),
        reflection_(*message.GetReflection()) {}

  const google::protobuf::FieldDescriptor& field() const { return field_; }

  void Put(std::string value) {
    field_.is_repeated()
        ? reflection_.AddString(&message_, &field_, std::move(value))
        : reflection_.SetString(&message_, &field_, std::move(value));
  }
  void Put(double value) {
    field_.is_repeated() ? reflection_.AddDouble(&message_, &field_, value)
                         : reflection_.SetDouble(&message_, &field_, value);
  }
  void Put(bool value) {
    field_.is_repeated() ? reflection_.AddBool(&message_, &field_, value)
                         : reflection_.SetBool(&message_, &field_, value);
  }
  void Put(std::int32_t value) {
    field_.is_repeated() ? reflection_.AddInt32(&message_, &field_, value)
                         : reflection_.SetInt32(&message_, &field_, value);
  }
  void Put(std::int64_t value) {
    field_.is_repeated() ? reflection_.AddInt64(&message_, &field_, value)
                         : reflection_.SetInt64(&message_, &field_, value);
  }
  void Put(std::uint32_t value) {
    field_.is_repeated() ? reflection_.AddUInt32(&message_, &field_, value)
                         : reflection_.SetUInt32(&message_, &field_, value);
  }
  void Put(std::uint64_t value) {
    field_.is_repeated() ? reflection_.AddUInt64(&message_, &field_, value)
                         : reflection_.SetUInt64(&message_, &field_, value);
  }
  void PutEnum(const google::protobuf::EnumValueDescriptor& value) {
    field_.is_repeated() ? reflection_.AddEnum(&message_, &field_, &value)
                         : reflection_.SetEnum(&message_, &field_, &value);
  }
  google::protobuf::Message& PutMessage() {
    return field_.is_repeated()
               ? *reflection_.AddMessage(&message_, &field_)
               : *reflection_.MutableMessage(&message_, &field_);
  }

 private:
  google::protobuf::Message& message_;
  const google::protobuf::FieldDescriptor& field_;
  const google::protobuf::Reflection& reflection_;
};

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_FIELD_SLOT_H_
