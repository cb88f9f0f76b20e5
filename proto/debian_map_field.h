// protobuf's map fields as Debian's library was compiled: under ThreadSanitizer its
// header adds two members to them, in front of others that the library reads.

#ifndef WEIR_PROTO_DEBIAN_MAP_FIELD_H_
#define WEIR_PROTO_DEBIAN_MAP_FIELD_H_

// First, and with the sanitizer's macro, whatever of the standard library it reads.
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include <google/protobuf/map_field.h>
#pragma pop_macro("__SANITIZE_THREAD__")

#endif  // WEIR_PROTO_DEBIAN_MAP_FIELD_H_
