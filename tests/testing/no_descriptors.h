// A process that may open no file.
#ifndef WEIR_TESTS_TESTING_NO_DESCRIPTORS_H_
#define WEIR_TESTS_TESTING_NO_DESCRIPTORS_H_

#include <sys/resource.h>
#include <unistd.h>

namespace weir::testing {

// As long as it lives, open(), socket() and their kind fail with EMFILE; what
// is open stays so. Not beside threads that open files of their own.
class NoDescriptors {
 public:
  // Where this build checks types as it goes (UBSan, beside ASan) it looks at
  // memory through pipes, and calls what it can't look at broken.
#ifdef __SANITIZE_ADDRESS__
  static constexpr bool kTypesAreCheckedByPipes = true;
#else
  static constexpr bool kTypesAreCheckedByPipes = false;
#endif

  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    // The kernel gives the lowest that is free.
    const int lowest = dup(STDERR_FILENO);
    close(lowest);
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(lowest);
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_TESTING_NO_DESCRIPTORS_H_
