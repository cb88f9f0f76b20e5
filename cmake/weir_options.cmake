# Compiler settings and libraries that every target shares.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g1")

set(WEIR_SANITIZER "" CACHE STRING
  "asan (with UBSan), tsan, fuzz (clang's libFuzzer, with both), or empty")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Clones in other folders share what is compiled; the last is what ccache needs
  # to look behind a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER env
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
# mold 1.10 makes nothing in tsan_symbols.map local.
if(MOLD_PROGRAM AND NOT WEIR_SANITIZER STREQUAL "tsan")
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(absl REQUIRED)
# Debian ships protobuf without CMake files of its own; CMake's module is used.
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(simdjson CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
# The library alone: the server is no concern of the build.
find_package(PostgreSQL REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)

# What all of weir's own code is compiled with.
add_library(weir_flags INTERFACE)
target_include_directories(weir_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(weir_flags INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  -fstack-protector-strong
  # Some libraries ask for it; a precompiled header needs it everywhere or nowhere.
  -pthread)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc 12 warns about code inside Asio and the standard library that it
  # inlined; these have no true finding here (-Wrestrict: gcc bug 105651).
  target_compile_options(weir_flags INTERFACE
    -Wno-maybe-uninitialized -Wno-mismatched-new-delete
    $<$<CONFIG:Release>:-Wno-restrict>)
endif()
# Asio, Beast and JSON are compiled once, in common/net/boost_sources.cc, which
# is what weir_options adds.
target_compile_definitions(weir_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_JSON_NO_LIB
  # As simdjson's own target says: like -pthread, everywhere or nowhere.
  SIMDJSON_THREADS_ENABLED=1
  WEIR_VERSION="${PROJECT_VERSION}")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Asio keeps the frames of ended coroutines for the next ones; its default of
  # two is less than a request nests, and each miss is an aligned allocation.
  target_compile_definitions(weir_flags INTERFACE
    _FORTIFY_SOURCE=2 BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=16)
endif()

if(WEIR_SANITIZER)
  # Reports tell where they come from by them. Elsewhere they cost 3 % of a
  # request's instructions; debuggers and `perf --call-graph dwarf` need none.
  target_compile_options(weir_flags INTERFACE -fno-omit-frame-pointer)
endif()
if(WEIR_SANITIZER STREQUAL "asan")
  target_compile_options(weir_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(weir_flags INTERFACE -fsanitize=address,undefined)
elseif(WEIR_SANITIZER STREQUAL "tsan")
  # -Wno-tsan: Asio uses fences, which gcc's ThreadSanitizer does not follow.
  target_compile_options(weir_flags INTERFACE -fsanitize=thread -Wno-tsan)
  target_link_options(weir_flags INTERFACE -fsanitize=thread
    -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/tsan_symbols.map)
elseif(WEIR_SANITIZER STREQUAL "fuzz")
  target_compile_options(weir_flags INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(weir_flags INTERFACE -fsanitize=address,undefined)
endif()

add_library(weir_options INTERFACE)
# simdjson's header is precompiled into every file, and unoptimised ones keep what
# they don't use of it.
target_link_libraries(weir_options INTERFACE
  weir_flags $<LINK_ONLY:simdjson::simdjson>)
if(NOT WEIR_SANITIZER STREQUAL "fuzz")
  # What is fuzzed has no socket, nor the precompiled header, which has Asio.
  target_link_libraries(weir_options INTERFACE weir_boost)
endif()
