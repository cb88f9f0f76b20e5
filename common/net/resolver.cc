#include "common/net/resolver.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/local_shortage.h"
#include "common/net/name_cache.h"
#include "common/net/timeout.h"
#include "common/net/transport.h"

namespace weir::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

absl::StatusOr<NameCache::Addresses> AskSystem(const std::string& host) {
  // A resolver that blocks needs a context, but runs nothing on it.
  asio::io_context nothing;
  tcp::resolver resolver(nothing);
  error_code error;
  const auto found = resolver.resolve(host, "", error);
  if (error) {
    return absl::Status(IsLocalShortage(error) || !CanOpenFiles()
                            ? absl::StatusCode::kResourceExhausted
                            : absl::StatusCode::kUnavailable,
                        error.message());
  }
  NameCache::Addresses addresses;
  for (const auto& entry : found) {
    addresses.push_back(entry.endpoint().address());
  }
  if (addresses.empty()) {
    return absl::UnavailableError("the name has no address");
  }
  return addresses;
}

std::vector<tcp::endpoint> EndpointsOf(const NameCache::Addresses& addresses,
                                       std::uint16_t port) {
  std::vector<tcp::endpoint> endpoints;
  endpoints.reserve(addresses.size());
  for (const auto& address : addresses) endpoints.emplace_back(address, port);
  return endpoints;
}

}  // namespace

struct Resolver::Question {
  explicit Question(const asio::any_io_executor& executor)
      : answered(executor, asio::steady_timer::time_point::max()) {}

  // Never expires; cancelled when the answer is there.
  asio::steady_timer answered;
  absl::Status outcome = absl::CancelledError("look-up given up");
};

asio::execution_context::id Resolver::id;

Resolver::Resolver(asio::execution_context& context)
    : Resolver(context, AskSystem, std::chrono::steady_clock::now) {}

Resolver::Resolver(asio::execution_context& context, LookUp look_up,
                   std::function<NameCache::Time()> now)
    : asio::execution_context::service(context),
      look_up_(std::move(look_up)),
      now_(std::move(now)) {}

void Resolver::shutdown() {
  for (auto& [host, look_up] : under_way_) look_up.thread.join();
  under_way_.clear();
}

void Resolver::OnAnswer(const std::string& host,
                        absl::StatusOr<NameCache::Addresses> addresses) {
  auto node = under_way_.extract(host);
  // Its last act was to post this.
  node.mapped().thread.join();
  Question& question = *node.mapped().question;
  question.outcome = addresses.status();
  if (addresses.ok()) cache_.Store(host, *std::move(addresses), now_());
  question.answered.cancel();
}

std::shared_ptr<Resolver::Question> Resolver::Ask(
    const std::string& host, const asio::any_io_executor& executor) {
  const auto found = under_way_.find(host);
  if (found != under_way_.end()) return found->second.question;
  auto question = std::make_shared<Question>(executor);
  // The service's end joins the thread, so it may refer to the service.
  auto look_up = [this, host, executor] {
    asio::post(executor, [this, host, addresses = look_up_(host)]() mutable {
      OnAnswer(host, std::move(addresses));
    });
  };
  try {
    under_way_.emplace(host,
                       UnderWay{question, std::thread(std::move(look_up))});
  } catch (const std::system_error& error) {
    question->outcome = absl::ResourceExhaustedError(error.what());
    question->answered.expires_at(asio::steady_timer::time_point::min());
  }
  return question;
}

asio::awaitable<absl::Status> Resolver::Wait(
    std::shared_ptr<Question> question) {
  co_await question->answered.async_wait(kUseTuple);
  co_return question->outcome;
}

asio::awaitable<absl::StatusOr<std::vector<tcp::endpoint>>> Resolver::Resolve(
    std::string host, std::uint16_t port) {
  error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) co_return std::vector{tcp::endpoint(literal, port)};

  if (const auto* addresses = cache_.Fresh(host, now_())) {
    co_return EndpointsOf(*addresses, port);
  }
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto answer = Wait(Ask(host, executor));
  absl::Status outcome;
  if (cache_.LastGood(host, now_()) == nullptr) {
    outcome = co_await std::move(answer);
  } else {
    auto answer_in_time =
        WithTimeout(std::move(answer), absl::FromChrono(kPatience));
    outcome = co_await std::move(answer_in_time);
  }
  if (const auto* addresses = cache_.LastGood(host, now_())) {
    co_return EndpointsOf(*addresses, port);
  }
  co_return outcome;
}

}  // namespace weir::net
