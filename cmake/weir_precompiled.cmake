# The libraries' headers that most files read, read once: it halves the time of a
# build. Our own files include what they use all the same; .ci/clang_tidy.sh reads
# them without this.

# Nobody measures a test, and there are as many of them as of everything else.
# (Fortified functions are for optimised code only.)
set(weir_test_options $<$<CONFIG:Release>:-O0;-U_FORTIFY_SOURCE>)
# Nor weirctl: most of a file's time there goes into CLI11, which is all headers.
set(weir_tool_options $<$<CONFIG:Release>:-O1>)

set(weir_precompiled_headers
  <absl/container/flat_hash_map.h>
  <absl/status/status.h>
  <absl/status/statusor.h>
  <absl/strings/str_cat.h>
  <absl/time/time.h>
  <algorithm>
  <boost/asio/any_io_executor.hpp>
  <boost/asio/awaitable.hpp>
  <boost/asio/buffer.hpp>
  <boost/asio/co_spawn.hpp>
  <boost/asio/io_context.hpp>
  <boost/asio/ip/tcp.hpp>
  <boost/asio/post.hpp>
  <boost/asio/steady_timer.hpp>
  <boost/asio/use_awaitable.hpp>
  <chrono>
  <functional>
  <map>
  <memory>
  <optional>
  <set>
  <simdjson.h>
  <span>
  <string>
  <string_view>
  <utility>
  <variant>
  <vector>)
if(WEIR_SANITIZER STREQUAL "tsan")
  list(APPEND weir_precompiled_headers
    ${CMAKE_SOURCE_DIR}/proto/debian_map_field.h)
endif()

function(weir_precompiled_library name)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cc CONTENT "")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cc)
  target_link_libraries(${name}
    PRIVATE weir_options Boost::headers absl::status simdjson::simdjson
      Threads::Threads)
  target_precompile_headers(${name} PRIVATE ${weir_precompiled_headers} ${ARGN})
endfunction()

weir_precompiled_library(weir_precompiled)
weir_precompiled_library(weir_precompiled_test <gmock/gmock.h> <gtest/gtest.h>)
target_link_libraries(weir_precompiled_test PRIVATE GTest::gmock)
target_compile_options(weir_precompiled_test PRIVATE ${weir_test_options})

weir_precompiled_library(weir_precompiled_tool
  <CLI/CLI.hpp> <grpcpp/grpcpp.h>)
target_link_libraries(weir_precompiled_tool
  PRIVATE CLI11::CLI11 gRPC::grpc++)
target_compile_options(weir_precompiled_tool PRIVATE ${weir_tool_options})
