#include "tests/dataplane/peers/http_client.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/concat.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"

namespace weir::testing {
namespace {

namespace asio = boost::asio;

// `HTTP/1.1 200 OK`, then header lines.
HttpReply ParseHead(std::string_view head) {
  HttpReply reply;
  std::size_t line_end = head.find("\r\n");
  reply.status = std::stoi(std::string(head.substr(9, 3)));
  while (line_end != std::string_view::npos) {
    head.remove_prefix(line_end + 2);
    line_end = head.find("\r\n");
    const std::string_view line = head.substr(0, line_end);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    reply.headers[name] = line.substr(colon + 2);
  }
  return reply;
}

}  // namespace

HttpClient::HttpClient(const std::string& address) {
  const auto port = static_cast<std::uint16_t>(
      std::stoi(address.substr(address.rfind(':') + 1)));
  socket_.connect({asio::ip::address_v4::loopback(), port});
  socket_.set_option(asio::ip::tcp::no_delay(true));
}

void HttpClient::Send(std::string_view bytes) {
  boost::system::error_code ended;
  asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), ended);
}

bool HttpClient::ReadMore() {
  char buffer[16384];
  boost::system::error_code error;
  const std::size_t size = socket_.read_some(asio::buffer(buffer), error);
  input_.append(buffer, size);
  if (error && error != asio::error::eof) end_ = End::kReset;
  return !error;
}

bool HttpClient::ReadUntil(std::size_t size) {
  while (input_.size() < size) {
    if (!ReadMore()) return false;
  }
  return true;
}

HttpReply HttpClient::Read() {
  std::size_t head_end;
  while ((head_end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!ReadMore()) return {};
  }
  HttpReply reply = ParseHead(input_.substr(0, head_end));
  input_.erase(0, head_end + 4);
  if (reply.Header("transfer-encoding") == "chunked") {
    ReadChunks(reply);
  } else if (reply.headers.contains("content-length")) {
    const std::size_t size = std::stoul(reply.Header("content-length"));
    reply.whole = ReadUntil(size);
    reply.body = input_.substr(0, size);
    input_.erase(0, size);
  } else if (reply.status >= 200 && reply.status != 204) {
    while (ReadMore()) {
    }
    reply.whole = end_ == End::kOrderly;
    reply.body = input_;
    input_.clear();
  } else {
    reply.whole = true;
  }
  return reply;
}

void HttpClient::ReadChunks(HttpReply& reply) {
  for (;;) {
    std::size_t line_end;
    while ((line_end = input_.find("\r\n")) == std::string::npos) {
      if (!ReadMore()) return;
    }
    const std::size_t size =
        std::stoul(input_.substr(0, line_end), nullptr, 16);
    const bool came = ReadUntil(line_end + 2 + size + 2);
    reply.body += input_.substr(line_end + 2, size);
    if (!came) return;
    input_.erase(0, line_end + 2 + size + 2);
    if (size == 0) {
      reply.whole = true;
      return;
    }
  }
}

std::string_view HttpClient::AwaitText(std::string_view text) {
  while (input_.find(text) == std::string::npos && ReadMore()) {
  }
  return input_;
}

HttpClient::End HttpClient::AwaitEnd() {
  while (ReadMore()) {
  }
  return end_;
}

std::string GetRequest(std::string_view path, std::string_view headers) {
  return Concat("GET ", path,
                " HTTP/1.1\r\nhost: weir\r\nauthorization: Bearer ", kClientKey,
                "\r\n", headers, "\r\n");
}

std::string PostRequest(std::string_view path, std::string_view body,
                        std::string_view headers) {
  return Concat("POST ", path,
                " HTTP/1.1\r\nhost: weir\r\nauthorization: Bearer ", kClientKey,
                "\r\n", headers, "content-length: ", body.size(), "\r\n\r\n",
                body);
}

std::string ChatRequest(std::string_view model) {
  return PostRequest("/v1/chat/completions",
                     Concat(R"({"model":")", model, R"(","messages":[]})"));
}

std::string ChatStreamRequest(std::string_view model) {
  return PostRequest(
      "/v1/chat/completions",
      Concat(R"({"model":")", model, R"(","messages":[],"stream":true})"));
}

}  // namespace weir::testing
