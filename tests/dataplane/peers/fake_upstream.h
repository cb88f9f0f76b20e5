// Exchanges with providers that take place in memory.
#ifndef WEIR_TESTS_DATAPLANE_PEERS_FAKE_UPSTREAM_H_
#define WEIR_TESTS_DATAPLANE_PEERS_FAKE_UPSTREAM_H_

#include <boost/asio/buffer.hpp>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/http1/chunked.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/task.h"
#include "dataplane/io/wakeup.h"

namespace weir::testing {

// Says nothing more until it is interrupted or nudged.
struct Silence {};
// The body's last piece.
struct Last {
  std::string data;
};
// Data with its framing: one chunk, as it came.
struct RawChunk {
  std::string bytes;
};
using Piece = std::variant<std::string, Last, Silence, absl::Status, RawChunk>;

class FakeExchange final : public dataplane::Exchange {
 public:
  // `head` is a whole one, without its empty line. After the last of `pieces`
  // comes silence. `reads` counts what was asked for and outlives this.
  FakeExchange(std::string head, std::deque<Piece> pieces,
               dataplane::Interrupt& interrupt, int* reads = nullptr)
      : head_bytes_(std::move(head) + "\r\n"),
        pieces_(std::move(pieces)),
        interrupt_(&interrupt),
        reads_(reads) {
    dataplane::http1::ParseResponseHead(head_bytes_,
                                        dataplane::http1::Method::kPost, head_);
  }

  const dataplane::http1::ResponseHead& head() const override { return head_; }

  std::optional<absl::StatusOr<dataplane::BodyPiece>> TakeBody() override {
    if (interrupt_->raised()) return absl::CancelledError("interrupted");
    if (pieces_.empty() || std::holds_alternative<Silence>(pieces_.front())) {
      return std::nullopt;
    }
    if (reads_ != nullptr) ++*reads_;
    const Piece piece = std::move(pieces_.front());
    pieces_.pop_front();
    if (const auto* failed = std::get_if<absl::Status>(&piece)) return *failed;
    if (const auto* raw = std::get_if<RawChunk>(&piece)) {
      current_ = std::make_unique<std::string>(raw->bytes);
      dataplane::http1::ChunkedDecoder decoder;
      return dataplane::BodyPiece{decoder.Next(*current_).data, false,
                                  *current_};
    }
    const auto* last = std::get_if<Last>(&piece);
    // Another place each time, so that views which are too old are noticed.
    current_ = std::make_unique<std::string>(
        last != nullptr ? last->data : std::get<std::string>(piece));
    return dataplane::BodyPiece{*current_, last != nullptr};
  }

  void Nudge() override { waiting_.Notify(); }
  void ListenTo(dataplane::Interrupt& interrupt) override {
    interrupt_ = &interrupt;
  }

 private:
  bool TryReadBody(Taker* taker) override {
    do {
      read_ = TakeBody();
    } while (taker != nullptr && read_.has_value() && read_->ok() &&
             !(*read_)->last && taker->Take(**read_));
    return read_.has_value();
  }

  void Await(std::coroutine_handle<> reader) override {
    if (reads_ != nullptr) ++*reads_;
    if (!pieces_.empty()) pieces_.pop_front();
    scope_.emplace(*interrupt_,
                   dataplane::Interrupt::Action{
                       [](void* waiting) {
                         static_cast<dataplane::io::Wakeup*>(waiting)->Notify();
                       },
                       &waiting_});
    waiting_.Wait().await_suspend(reader);
  }

  absl::StatusOr<dataplane::BodyPiece> TakeRead() override {
    if (read_.has_value()) return *std::exchange(read_, std::nullopt);
    scope_.reset();
    if (interrupt_->raised()) return absl::CancelledError("interrupted");
    return dataplane::BodyPiece{{}, false};
  }

  const std::string head_bytes_;
  std::deque<Piece> pieces_;
  dataplane::Interrupt* interrupt_;
  int* const reads_;
  dataplane::http1::ResponseHead head_;
  std::unique_ptr<std::string> current_;
  std::optional<absl::StatusOr<dataplane::BodyPiece>> read_;
  dataplane::io::Wakeup waiting_;
  std::optional<dataplane::Interrupt::Scope> scope_;
};

// What one Send() comes to.
struct FakeAnswer {
  std::string head;
  std::deque<Piece> pieces;
};
using FakeOutcome = std::variant<FakeAnswer, dataplane::Failure>;

// Gives `outcomes` in their order and keeps what was sent.
class FakeUpstream final : public dataplane::Upstream {
 public:
  explicit FakeUpstream(std::deque<FakeOutcome> outcomes)
      : outcomes_(std::move(outcomes)) {}

  dataplane::io::Task<dataplane::SendResult> Send(
      const dataplane::ProviderEntry& provider,
      dataplane::UpstreamRequest request, dataplane::Interrupt& interrupt,
      dataplane::TargetCounters& /*counters*/) override {
    std::string bytes;
    for (const auto& buffer : request.bytes) {
      bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
    }
    sent.push_back({provider.name, std::move(bytes)});
    if (delay) delay();
    FakeOutcome outcome = std::move(outcomes_.front());
    outcomes_.pop_front();
    if (auto* failure = std::get_if<dataplane::Failure>(&outcome)) {
      co_return std::move(*failure);
    }
    auto& answer = std::get<FakeAnswer>(outcome);
    co_return std::make_unique<FakeExchange>(
        std::move(answer.head), std::move(answer.pieces), interrupt);
  }

  struct Sent {
    std::string provider;
    std::string bytes;
  };
  std::vector<Sent> sent;
  // Called while a request is under way, where set.
  std::function<void()> delay;

 private:
  std::deque<FakeOutcome> outcomes_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_PEERS_FAKE_UPSTREAM_H_
