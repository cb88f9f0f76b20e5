#include "bench/loadgen/generator.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace weir::bench {
namespace {

constexpr std::chrono::milliseconds kSweepInterval(50);
// Closed-loop connections join over this time or a quarter of the run, so that
// streams of one length do not run in step.
constexpr std::chrono::milliseconds kJoinTime(500);

// Where there is a warm-up, it is what joining has half of.
Nanoseconds JoinTime(const Plan& plan) {
  if (plan.warmup > Nanoseconds(0)) return plan.warmup / 2;
  return std::min<Nanoseconds>(kJoinTime, plan.duration / 4);
}

std::vector<std::string> TextsFor(double share, const Target& target,
                                  const RequestShape& shape, Kind kind) {
  return share > 0 ? RequestTexts(target, shape, kind)
                   : std::vector<std::string>();
}

}  // namespace

Generator::Generator(EventLoop& loop, const Plan& plan, const Target& target,
                     const RequestShape& shape,
                     const std::string& counted_header)
    : loop_(loop),
      plan_(plan),
      target_(target),
      json_requests_(TextsFor(1 - plan.sse_share, target, shape, Kind::kJson)),
      sse_requests_(TextsFor(plan.sse_share, target, shape, Kind::kSse)),
      counted_header_(counted_header),
      pace_(loop, [this] { plan_.rate ? OnDue() : OnJoin(); }),
      sweep_(loop, [this] { OnSweep(); }) {}

void Generator::Start() {
  start_ = std::chrono::steady_clock::now();
  end_ = start_ + plan_.duration;
  results_.warmup = plan_.warmup;
  results_.measured = plan_.duration - plan_.warmup;
  pace_.Arm(start_);
  sweep_.Arm(start_ + kSweepInterval);
}

TimePoint Generator::DueTime(std::uint64_t index) const {
  return start_ +
         std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(
             static_cast<double>(index) / *plan_.rate));
}

void Generator::OnDue() {
  TimePoint next = DueTime(due_);
  for (; next <= loop_.now() && next < end_; next = DueTime(++due_)) {
    queue_.push_back(next);
  }
  SendDue();
  if (next < end_) pace_.Arm(next);
}

void Generator::SendDue() {
  while (!queue_.empty()) {
    if (idle_.empty()) {
      if (clients_.size() >= plan_.connections) return;
      idle_.push_back(&AddClient());
    }
    Client& client = *idle_.front();
    idle_.pop_front();
    const TimePoint intended = queue_.front();
    queue_.pop_front();
    Send(client, intended);
  }
}

void Generator::OnJoin() {
  if (clients_.size() >= plan_.connections || Over()) return;
  Send(AddClient(), loop_.now());
  pace_.Arm(start_ + JoinTime(plan_) * clients_.size() / plan_.connections);
}

Client& Generator::AddClient() {
  clients_.push_back(
      std::make_unique<Client>(loop_, target_, *this, counted_header_));
  return *clients_.back();
}

Kind Generator::NextKind() {
  sse_debt_ += plan_.sse_share;
  if (sse_debt_ < 1.0) return Kind::kJson;
  sse_debt_ -= 1.0;
  return Kind::kSse;
}

void Generator::Send(Client& client, TimePoint intended) {
  const Kind kind = NextKind();
  const auto& texts = kind == Kind::kSse ? sse_requests_ : json_requests_;
  ++busy_;
  client.Send(kind, intended, texts[turn_++ % texts.size()]);
}

void Generator::Leave(Client& client) {
  // Not from inside its own read, after which it may have another request.
  loop_.AtTurnEnd([&client, sent = client.sent()] {
    if (client.busy() && client.sent() == sent) {
      client.Abort(Fate::kUnfinished);
    }
  });
}

void Generator::OnFirstEvent(Client& client) {
  leave_debt_ += plan_.leave_share;
  if (leave_debt_ >= 1.0) {
    leave_debt_ -= 1.0;
    Leave(client);
  }
  if (client.intended() < start_ + plan_.warmup) return;
  results_.of(client.kind())
      .first_event.Record(loop_.now() - client.intended());
}

void Generator::OnDone(Client& client, Fate fate, std::string_view detail) {
  --busy_;
  KindResults& results = results_.of(client.kind());
  ++results.fates[static_cast<std::size_t>(fate)];
  results.events += client.response().events().events();
  if (fate == Fate::kStatus) ++results_.statuses[client.response().status()];
  if (!client.response().counted_value().empty()) {
    ++results_.header_values[client.response().counted_value()];
  }
  if (fate == Fate::kOk) {
    if (client.intended() >= start_ + plan_.warmup) {
      results.latency.Record(loop_.now() - client.intended());
    }
  } else if (fate != Fate::kUnfinished) {
    results_.AddFailure(
        {loop_.now() - start_, client.kind(), fate, std::string(detail)});
  }
  if (plan_.rate) {
    idle_.push_back(&client);
    SendDue();
  } else if (fate == Fate::kConnect) {
    resting_.push_back(&client);
  } else if (!Over()) {
    // Not from inside the last request's own read.
    loop_.AtTurnEnd([this, &client] { Send(client, loop_.now()); });
  }
}

void Generator::ObeyEndEarly() {
  if (!ends_early_ || Over()) return;
  end_ = loop_.now();
  results_.measured = std::max(end_ - start_ - plan_.warmup, Nanoseconds(0));
}

void Generator::EndWarmup() {
  if (warm_ || loop_.now() < start_ + plan_.warmup) return;
  warm_ = true;
  for (const KindResults& kind : results_.kinds) {
    results_.warmup_events += kind.events;
  }
  for (const auto& client : clients_) {
    if (client->busy()) {
      results_.warmup_events += client->response().events().events();
    }
  }
}

void Generator::OnSweep() {
  ObeyEndEarly();
  EndWarmup();
  const bool cut = Over() && plan_.tail == Plan::Tail::kCut;
  for (const auto& client : clients_) {
    if (!client->busy()) continue;
    if (cut) {
      client->Abort(Fate::kUnfinished);
    } else if (loop_.now() - client->sent() > plan_.timeout) {
      client->Abort(Fate::kTimeout);
    }
  }
  for (Client* client : std::exchange(resting_, {})) {
    if (!Over()) Send(*client, loop_.now());
  }
  // What found no connection within a request's time never will.
  if (loop_.now() > end_ + plan_.timeout || cut) {
    results_.unsent += queue_.size();
    queue_.clear();
  }
  if (Over() && busy_ == 0 && queue_.empty()) return loop_.Stop();
  sweep_.ArmAfter(kSweepInterval);
}

}  // namespace weir::bench
