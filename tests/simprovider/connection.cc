#include "tests/simprovider/connection.h"

#include <sys/epoll.h>

#include <chrono>
#include <string_view>
#include <variant>

#include "absl/time/time.h"

namespace weir::simprovider {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kInvalid =
    "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: "
    "0\r\n\r\n";
// Events that come at once are written together up to about this much.
constexpr std::size_t kBatch = 16 << 10;
// A buffer that grew for one large answer is not kept for the connection's
// life.
constexpr std::size_t kKeptBuffer = 64 << 10;
constexpr std::chrono::seconds kLinger(2);

}  // namespace

Connection::Connection(bench::EventLoop& loop, ByteStream stream,
                       Provider& provider, Stats& stats,
                       std::function<void(Connection&)> on_closed)
    : loop_(loop),
      stream_(std::move(stream)),
      provider_(provider),
      stats_(stats),
      on_closed_(std::move(on_closed)),
      timer_(loop, [this] { OnTimer(); }) {
  stats_.ConnectionOpened();
  loop_.Watch(stream_.socket(), *this);
}

void Connection::OnReady(std::uint32_t events) {
  if (state_ == State::kClosed) return;
  readable_ = true;
  const bool gone = (events & (EPOLLHUP | EPOLLERR)) != 0;
  if ((events & EPOLLRDHUP) != 0) peer_ended_ = true;
  // A request that came together with the client's end is answered; one whose
  // client ends later has been abandoned.
  if (gone || (peer_ended_ && state_ != State::kReading)) return Close();
  Drive();
}

void Connection::Drive() {
  for (;;) {
    Go go = Go::kWait;
    switch (state_) {
      case State::kReading:
        go = ReadRequest();
        break;
      case State::kAnswering:
        go = timer_.armed() ? (Flush(), Go::kWait) : Play();
        break;
      case State::kEnding:
        go = Flush();
        if (go == Go::kOn && state_ == State::kEnding) Finish();
        break;
      case State::kLingering:
        DrainInput();
        break;
      case State::kSilent:
      case State::kClosed:
        break;
    }
    if (go == Go::kWait) return;
  }
}

Connection::Go Connection::ReadRequest() {
  for (;;) {
    Request request;
    switch (reader_.Next(request)) {
      case RequestReader::Progress::kComplete:
        Begin(request);
        return Go::kOn;
      case RequestReader::Progress::kInvalid:
        Refuse();
        return Go::kOn;
      case RequestReader::Progress::kWantsContinue:
        out_ += kContinue;
        if (Flush() == Go::kWait) return Go::kWait;
        break;
      case RequestReader::Progress::kIncomplete:
        break;
    }
    if (!readable_ || ReadSome() == Go::kWait) return Go::kWait;
  }
}

Connection::Go Connection::ReadSome() {
  const absl::Span<char> room = reader_.Room();
  const ByteStream::Result read = stream_.Read(room);
  if (read.state == ByteStream::State::kEnded) {
    Close();
    return Go::kWait;
  }
  if (read.state == ByteStream::State::kWouldBlock) {
    readable_ = false;
    return Go::kWait;
  }
  // The peer's end is told once, maybe together with its last bytes.
  readable_ = read.more || peer_ended_;
  reader_.Filled(read.bytes);
  return Go::kOn;
}

void Connection::Begin(const Request& request) {
  Provider::Reaction reaction =
      provider_.React(request, served_ > 0 ? Stats::Connection::kReused
                                           : Stats::Connection::kFresh);
  ++served_;
  playback_.emplace(std::move(reaction.playback));
  subject_ = reaction.subject;
  answer_bytes_ = 0;
  reader_.Discard();
  state_ = State::kAnswering;
  timer_.Cancel();
  if (const absl::Duration wait = playback_->first_wait();
      wait > absl::ZeroDuration()) {
    timer_.ArmAfter(absl::ToChronoNanoseconds(wait));
  }
}

Connection::Go Connection::Play() {
  for (;;) {
    if (out_.size() - written_ >= kBatch && Flush() == Go::kWait) {
      return Go::kWait;
    }
    const std::size_t before = out_.size();
    const Playback::Step step = playback_->Next(out_);
    answer_bytes_ += out_.size() - before;
    if (const Ending* ending = std::get_if<Ending>(&step)) {
      ending_ = *ending;
      state_ = State::kEnding;
      return Go::kOn;
    }
    const absl::Duration wait = std::get<Playback::After>(step).wait;
    if (wait > absl::ZeroDuration()) {
      timer_.ArmAfter(absl::ToChronoNanoseconds(wait));
      Flush();
      return Go::kWait;
    }
  }
}

Connection::Go Connection::Flush() {
  while (written_ < out_.size()) {
    const ByteStream::Result write =
        stream_.Write(std::string_view(out_).substr(written_));
    if (write.state == ByteStream::State::kWouldBlock) return Go::kWait;
    if (write.state == ByteStream::State::kEnded) {
      Close();
      return Go::kWait;
    }
    written_ += write.bytes;
  }
  out_.clear();
  written_ = 0;
  if (out_.capacity() > kKeptBuffer) out_.shrink_to_fit();
  return Go::kOn;
}

void Connection::Finish() {
  if (ending_ == Ending::kSilence) {
    state_ = State::kSilent;
    if (peer_ended_) Close();
    return;
  }
  const bool cut = playback_ && playback_->sabotaged();
  EndRequest(cut ? Outcome::kCut : Outcome::kCompleted);
  switch (ending_) {
    case Ending::kReset:
      stream_.Reset();
      return Close();
    case Ending::kClose:
      stream_.ShutDownSending();
      state_ = State::kLingering;
      return timer_.ArmAfter(kLinger);
    case Ending::kKeepOpen:
    case Ending::kSilence:
      break;
  }
  state_ = State::kReading;
  if (const auto idle = provider_.idle_close()) {
    timer_.ArmAfter(absl::ToChronoNanoseconds(*idle));
  }
}

void Connection::Refuse() {
  stats_.Invalid();
  out_ += kInvalid;
  ending_ = Ending::kClose;
  state_ = State::kEnding;
}

// A close with unread bytes would be a reset, which may overtake the answer.
void Connection::DrainInput() {
  char room[16 << 10];
  for (;;) {
    const ByteStream::Result read = stream_.Read(absl::MakeSpan(room));
    if (read.state == ByteStream::State::kWouldBlock) return;
    if (read.state == ByteStream::State::kEnded) return Close();
  }
}

void Connection::OnTimer() {
  if (state_ == State::kAnswering) {
    Drive();
  } else {
    // Idle for too long, or the client never closed its side.
    Close();
  }
}

void Connection::EndRequest(Outcome outcome) {
  if (playback_ && subject_ == Provider::Subject::kModel) {
    stats_.Ended(outcome, answer_bytes_);
  }
  playback_.reset();
}

void Connection::Close() {
  EndRequest(Outcome::kCancelled);
  timer_.Cancel();
  state_ = State::kClosed;
  stats_.ConnectionClosed();
  on_closed_(*this);
}

}  // namespace weir::simprovider
