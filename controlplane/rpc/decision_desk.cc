#include "controlplane/rpc/decision_desk.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace weir::controlplane {
namespace {

namespace v1 = admin::v1;

constexpr std::uint32_t kDefaultLimit = 100;
constexpr std::uint32_t kMaxLimit = 10'000;

std::uint32_t LimitOf(const v1::ListDecisionsRequest& request) {
  return request.limit() == 0 ? kDefaultLimit
                              : std::min(request.limit(), kMaxLimit);
}

SharedBytes QueryMessage(const v1::ListDecisionsRequest& request,
                         std::uint64_t id) {
  routing::v1::SubscribeResponse message;
  message.mutable_decisions()->set_query_id(id);
  message.mutable_decisions()->set_request_id(request.request_id());
  message.mutable_decisions()->set_limit(LimitOf(request));
  return std::make_shared<const std::string>(message.SerializeAsString());
}

bool Contains(const std::vector<StreamId>& streams, StreamId stream) {
  return std::find(streams.begin(), streams.end(), stream) != streams.end();
}

absl::Status NobodyRemembers(const v1::ListDecisionsRequest& request,
                             const v1::ListDecisionsResponse& response) {
  std::string why = absl::StrCat(
      "none of ", response.nodes_asked() - response.silent_nodes_size(),
      " nodes remembers the request ", request.request_id(),
      "; of requests that went well at the first attempt only samples are "
      "kept, and the oldest make room");
  if (response.silent_nodes_size() > 0) {
    absl::StrAppend(&why, "; these did not answer: ",
                    absl::StrJoin(response.silent_nodes(), ", "));
  }
  return absl::NotFoundError(why);
}

}  // namespace

void DecisionDesk::Ask(const v1::ListDecisionsRequest& request, Done done) {
  absl::Status refusal;
  {
    MutexLock lock(&mutex_);
    if (stopped_) {
      refusal = absl::UnavailableError("the control plane stops");
    } else if (waiting_.size() >= kMaxWaiting) {
      refusal = absl::ResourceExhaustedError(
          "others are asking the nodes already; try again in some seconds");
    } else if (busy_) {
      waiting_.push_back({request, std::move(done)});
      return;
    } else {
      busy_ = true;
    }
  }
  if (!refusal.ok()) return done(refusal);
  Begin({request, std::move(done)});
}

void DecisionDesk::Begin(Question question) {
  const v1::ListDecisionsRequest request = question.request;
  Round round{std::move(question),
              0,
              clock_.Now() + kPatience,
              DecisionMerge(LimitOf(request)),
              {},
              {},
              std::nullopt};
  std::uint64_t id = 0;
  std::optional<Round> refused;
  {
    MutexLock lock(&mutex_);
    id = ++last_id_;
    round.id = id;
    if (stopped_) {
      refused = std::move(round);
    } else {
      round_ = std::move(round);
    }
  }
  if (refused.has_value()) {
    return refused->question.done(
        absl::UnavailableError("the control plane stops"));
  }
  std::vector<Asked> asked = ask_nodes_(QueryMessage(request, id));
  std::optional<Round> complete;
  {
    MutexLock lock(&mutex_);
    if (round_.has_value() && round_->id == id) {
      round_->asked = std::move(asked);
      complete = TakeIfComplete();
    }
  }
  End(std::move(complete));
}

void DecisionDesk::OnAnswer(StreamId stream, const NodeId& node,
                            const routing::v1::DecisionAnswer& answer) {
  std::optional<Round> complete;
  {
    MutexLock lock(&mutex_);
    // To a question that is over, or to none.
    if (!round_.has_value() || round_->id != answer.query_id() ||
        Contains(round_->answered, stream)) {
      return;
    }
    round_->answered.push_back(stream);
    round_->merge.Add(node, answer);
    complete = TakeIfComplete();
  }
  End(std::move(complete));
}

void DecisionDesk::OnStreamEnd(StreamId stream) {
  std::optional<Round> complete;
  {
    MutexLock lock(&mutex_);
    if (!round_.has_value()) return;
    round_->ended.push_back(stream);
    complete = TakeIfComplete();
  }
  End(std::move(complete));
}

std::optional<DecisionDesk::Round> DecisionDesk::TakeIfComplete() {
  if (!round_->asked.has_value()) return std::nullopt;
  for (const Asked& asked : *round_->asked) {
    if (!Contains(round_->answered, asked.stream) &&
        !Contains(round_->ended, asked.stream)) {
      return std::nullopt;
    }
  }
  busy_ = false;
  return std::exchange(round_, std::nullopt);
}

void DecisionDesk::End(std::optional<Round> round) {
  if (!round.has_value()) return;
  v1::ListDecisionsResponse response;
  if (round->asked.has_value()) {
    response.set_nodes_asked(static_cast<std::uint32_t>(round->asked->size()));
    for (const Asked& asked : *round->asked) {
      if (Contains(round->answered, asked.stream)) continue;
      response.add_silent_nodes(asked.node.value);
    }
  }
  for (routing::v1::Decision& decision : round->merge.Take()) {
    *response.add_decisions() = std::move(decision);
  }
  const v1::ListDecisionsRequest& request = round->question.request;
  if (!request.request_id().empty() && response.decisions().empty()) {
    return round->question.done(NobodyRemembers(request, response));
  }
  round->question.done(std::move(response));
}

void DecisionDesk::Tick() {
  std::optional<Round> late;
  std::optional<Question> next;
  {
    MutexLock lock(&mutex_);
    if (round_.has_value() && round_->asked.has_value() &&
        clock_.Now() >= round_->deadline) {
      late = std::exchange(round_, std::nullopt);
      busy_ = false;
    }
    if (!busy_ && !waiting_.empty()) {
      next = std::move(waiting_.front());
      waiting_.pop_front();
      busy_ = true;
    }
  }
  End(std::move(late));
  if (next.has_value()) Begin(*std::move(next));
}

void DecisionDesk::Stop() {
  std::vector<Done> waiters;
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    if (round_.has_value()) waiters.push_back(std::move(round_->question.done));
    round_.reset();
    for (Question& question : waiting_) {
      waiters.push_back(std::move(question.done));
    }
    waiting_.clear();
  }
  for (const Done& done : waiters) {
    done(absl::UnavailableError("the control plane stops"));
  }
}

}  // namespace weir::controlplane
