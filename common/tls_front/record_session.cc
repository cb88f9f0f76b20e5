#include <sys/socket.h>
#include <sys/types.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/tls_front/record_keys.h"
#include "common/tls_front/session.h"

namespace weir::tls_front {
namespace {

// RFC 8446, 4.6.3: the message's head, and whether its sender wants the same of
// us.
constexpr std::string_view kKeyUpdate("\x18\0\0\x01\0", 5);
constexpr std::string_view kKeyUpdateAsked("\x18\0\0\x01\x01", 5);
// RFC 8446, 6.1: a warning that nothing more comes.
constexpr std::string_view kCloseNotify("\x01\0", 2);

bool IsForLater(ssize_t result) {
  return result < 0 && (errno == EAGAIN || errno == EINTR);
}

class RecordSession final : public Session {
 public:
  RecordSession(int fd, const RecordKeys& incoming, const RecordKeys& outgoing)
      : fd_(fd), incoming_(incoming), outgoing_(outgoing) {}

  Read ReadSome(char* out) override;
  bool pending() const override { return NextRecord() > 0; }
  State Write(std::string_view text) override;
  State Flush() override;
  bool unsent() const override { return !unsent_.empty(); }
  void Close() override;

 private:
  // Bytes of the record that came_ begins with, once it is whole; 0 before.
  std::size_t NextRecord() const;
  bool IsRefused() const;
  Read Receive();
  Read OnRecord(RecordKeys::Opened opened, const char* text);
  State OnMessage(std::string_view message);
  // Seals and sends as far as it goes.
  State Send(Content type, std::string_view text);
  State UpdateOutgoing();

  const int fd_;
  RecordKeys incoming_;
  RecordKeys outgoing_;
  // Records as they came, the last one perhaps in part; empty nearly always.
  std::string came_;
  // Sealed already.
  std::string unsent_;
  // The peer asked for a new key, which comes before the next text.
  bool owes_update_ = false;
};

std::size_t RecordSession::NextRecord() const {
  if (came_.size() < kRecordHeader) return 0;
  const std::size_t size =
      kRecordHeader +
      (static_cast<std::size_t>(static_cast<unsigned char>(came_[3])) << 8 |
       static_cast<unsigned char>(came_[4]));
  return came_.size() < size ? 0 : size;
}

// Whatever else came, TLS 1.3 has none but these behind the handshake.
bool RecordSession::IsRefused() const {
  if (came_.size() < kRecordHeader) return false;
  const auto high = static_cast<unsigned char>(came_[3]);
  const auto low = static_cast<unsigned char>(came_[4]);
  return came_[0] != static_cast<char>(Content::kData) ||
         static_cast<std::size_t>(high << 8 | low) > kMaxCiphertext;
}

Session::Read RecordSession::ReadSome(char* out) {
  if (NextRecord() == 0) {
    const Read received = Receive();
    if (received.state != State::kDone) return received;
  }
  if (IsRefused()) return {State::kBroken, 0};
  const std::size_t size = NextRecord();
  if (size == 0) return {State::kNothing, 0};
  const std::optional<RecordKeys::Opened> opened =
      incoming_.Open(std::string_view(came_).substr(0, size), out);
  if (came_.size() == size) {
    std::string().swap(came_);
  } else {
    came_.erase(0, size);
  }
  if (!opened.has_value()) return {State::kBroken, 0};
  return OnRecord(*opened, out);
}

Session::Read RecordSession::Receive() {
  std::array<char, kMaxCiphertext> bytes;
  const ssize_t size = recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (IsForLater(size)) return {State::kNothing, 0};
  // HTTP/2 says itself what is whole, so an end without a word is one as well.
  if (size == 0) return {State::kEnded, 0};
  if (size < 0) return {State::kBroken, 0};
  came_.append(bytes.data(), static_cast<std::size_t>(size));
  return {State::kDone, 0};
}

Session::Read RecordSession::OnRecord(RecordKeys::Opened opened,
                                      const char* text) {
  switch (opened.type) {
    case Content::kData:
      return {State::kDone, opened.size};
    case Content::kHandshake:
      return {OnMessage({text, opened.size}), 0};
    case Content::kAlert: {
      // Its level means nothing in TLS 1.3; 0 is close_notify.
      const bool closes = opened.size == 2 && text[1] == 0;
      return {closes ? State::kEnded : State::kBroken, 0};
    }
  }
  return {State::kBroken, 0};
}

Session::State RecordSession::OnMessage(std::string_view message) {
  const bool asked = message == kKeyUpdateAsked;
  if (!asked && message != kKeyUpdate) return State::kBroken;
  if (!incoming_.Update()) return State::kBroken;
  owes_update_ = owes_update_ || asked;
  return State::kDone;
}

Session::State RecordSession::UpdateOutgoing() {
  owes_update_ = false;
  const State sent = Send(Content::kHandshake, kKeyUpdate);
  if (sent != State::kDone || outgoing_.Update()) return sent;
  return State::kBroken;
}

Session::State RecordSession::Write(std::string_view text) {
  const bool due = owes_update_ || outgoing_.worn();
  if (due && UpdateOutgoing() != State::kDone) return State::kBroken;
  return Send(Content::kData, text);
}

Session::State RecordSession::Send(Content type, std::string_view text) {
  if (!outgoing_.Seal(type, text, unsent_)) return State::kBroken;
  return Flush();
}

Session::State RecordSession::Flush() {
  if (unsent_.empty()) return State::kDone;
  const ssize_t sent =
      send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (IsForLater(sent)) return State::kDone;
  if (sent < 0) return State::kBroken;
  if (static_cast<std::size_t>(sent) == unsent_.size()) {
    std::string().swap(unsent_);
  } else {
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
  return State::kDone;
}

void RecordSession::Close() {
  if (!unsent()) Send(Content::kAlert, kCloseNotify);
}

}  // namespace

std::unique_ptr<Session> MakeRecordSession(int fd, const RecordKeys& incoming,
                                           const RecordKeys& outgoing) {
  return std::make_unique<RecordSession>(fd, incoming, outgoing);
}

}  // namespace weir::tls_front
