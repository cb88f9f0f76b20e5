// Requests out of the bytes of one connection.
//
// A small parser of the simulator's own: it must be fast and must not share a
// mistake with the gateway's. What is ambiguous is invalid.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_HTTP_REQUEST_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_HTTP_REQUEST_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"

namespace weir::simprovider {

struct Header {
  std::string_view name;  // As it was spelled.
  std::string_view value;
};

enum class Reuse { kKeepOpen, kClose };

struct Request {
  std::string_view method;
  std::string_view path;   // Without the query.
  std::string_view query;  // After the question mark, or empty.
  absl::InlinedVector<Header, 24> headers;
  // All of the head, with the empty line.
  std::string_view head;
  // Without chunk framing. At least 64 more bytes may be read behind it, which
  // is what simdjson wants.
  std::string_view body;
  Reuse reuse = Reuse::kKeepOpen;

  // The first of that name, whatever its case; nullopt for none.
  std::optional<std::string_view> Find(std::string_view name) const;
};

// Thread safety: none needed.
class RequestReader {
 public:
  enum class Progress { kIncomplete, kWantsContinue, kComplete, kInvalid };

  // Where to read to, never empty; Filled() says how much came.
  absl::Span<char> Room();
  void Filled(std::size_t bytes) { end_ += bytes; }

  // kComplete: `request` is whole; its views live until Discard() or Room().
  // kWantsContinue is said once, for a client that waits for a 100.
  // After kInvalid the connection is of no more use.
  Progress Next(Request& request);

  // Makes place for the next request. REQUIRES: Next() returned kComplete.
  void Discard();

  // Whether part of a request is here.
  bool empty() const { return begin_ == end_; }

 private:
  enum class Framing { kLength, kChunked };

  std::string_view Pending() const {
    return std::string_view(buffer_).substr(begin_, end_ - begin_);
  }
  Progress ReadHead(Request& request);
  // nullopt: not all here yet.
  std::optional<Progress> ReadBody();
  std::optional<Progress> ReadChunks();

  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;

  // Of the request that is being read; sizes count from begin_.
  std::size_t head_size_ = 0;  // 0 until the head is whole.
  std::size_t scanned_ = 0;    // No end of the head before here.
  Framing framing_ = Framing::kLength;
  std::uint64_t content_length_ = 0;
  std::size_t chunks_read_ = 0;
  std::string decoded_;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_HTTP_REQUEST_H_
