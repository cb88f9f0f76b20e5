// Ports for programs that can't say which one they got.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_INHERITED_LISTENER_H_
#define WEIR_TESTS_END_TO_END_HARNESS_INHERITED_LISTENER_H_

#include <string>

namespace weir::testing {

// A listening socket on a port of the system's choice, which programs that are
// started while it lives inherit.
class InheritedListener {
 public:
  InheritedListener();
  ~InheritedListener();
  InheritedListener(const InheritedListener&) = delete;
  InheritedListener& operator=(const InheritedListener&) = delete;

  int fd() const { return fd_; }
  // 127.0.0.1:port.
  const std::string& address() const { return address_; }
  std::string port() const { return address_.substr(address_.rfind(':') + 1); }

 private:
  const int fd_;
  std::string address_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_INHERITED_LISTENER_H_
