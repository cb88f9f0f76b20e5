// What clients of any service have in common.
#ifndef WEIR_TESTS_COMMON_NET_GENERIC_CLIENT_H_
#define WEIR_TESTS_COMMON_NET_GENERIC_CLIENT_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

namespace weir::testing {

// A connection of its own, on which one thing happens after the other.
class GenericClient {
 protected:
  GenericClient(const std::string& address,
                const std::shared_ptr<grpc::ChannelCredentials>& credentials)
      : stub_(grpc::CreateCustomChannel(address, credentials, Arguments())) {}

  // Until the last thing that was begun is done; whether it was.
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
    return ok;
  }

  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;

 private:
  static grpc::ChannelArguments Arguments() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    return arguments;
  }
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_COMMON_NET_GENERIC_CLIENT_H_
