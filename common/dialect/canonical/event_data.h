// The events of a stream, over any division of its bytes into pieces.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_EVENT_DATA_H_
#define WEIR_COMMON_DIALECT_CANONICAL_EVENT_DATA_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir::dialect::canonical {

// Events beyond this are no answer that could be translated.
inline constexpr std::size_t kMaxEvent = std::size_t{4} << 20;

// Takes a stream apart (WHATWG HTML 9.2.6; lines end with LF or CR LF). Not
// thread-safe.
class EventData {
 public:
  // The next bytes, which live until Next() has returned nullopt.
  // REQUIRES: Next() has returned nullopt, or this is the first call.
  void Feed(std::string_view piece);

  // The data of the next event; its lines joined by LF, empty for a comment.
  // nullopt: no event is whole. Good until the next call.
  std::optional<std::string_view> Next();

  // An event that is not whole has come so far.
  bool pending() const { return !partial_.empty(); }
  // It is larger than kMaxEvent.
  bool too_large() const { return partial_.size() > kMaxEvent; }

 private:
  std::string_view DataOf(std::string_view event);

  // What has not been taken: of the piece, or of partial_.
  std::string_view rest_;
  // The begin of an event that was not whole.
  std::string partial_;
  // Of partial_, that is known to hold no end of an event.
  std::size_t searched_ = 0;
  std::string joined_;
};

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_EVENT_DATA_H_
