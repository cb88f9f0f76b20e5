option(WEIR_UNITY "Compile several files of a folder as one" ON)

# weir_unity(NAME): compiles eight files of the target as one, which halves the
# time for all, since most of it goes into headers (dataplane/attempt and
# controlplane/rpc: 37 s instead of 88 s), and makes what has to be compiled after
# a change seconds longer. Names in the anonymous namespaces of a folder are
# distinct.
function(weir_unity name)
  set_target_properties(${name} PROPERTIES
    UNITY_BUILD ${WEIR_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  if(WEIR_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # A file that is included looks like a header, whose anonymous namespaces
    # would be a fault.
    target_compile_options(${name} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()

# weir_library(NAME [TOOL] SOURCES a.cc ... PUBLIC lib ... PRIVATE lib ...)
#
# A folder's library. Headers need no listing; a folder of headers alone has no
# SOURCES and becomes an interface library. TOOL: nobody minds how fast it is,
# and it parses a command line (weir_precompiled.cmake).
function(weir_library name)
  cmake_parse_arguments(ARG "TOOL" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    weir_unity(${name})
    target_link_libraries(${name}
      PUBLIC weir_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    if(ARG_TOOL)
      target_compile_options(${name} PRIVATE ${weir_tool_options})
      target_precompile_headers(${name} REUSE_FROM weir_precompiled_tool)
    else()
      target_precompile_headers(${name} REUSE_FROM weir_precompiled)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE weir_options ${ARG_PUBLIC})
  endif()
endfunction()

# weir_binary(NAME [STARTS_FAST] SOURCES a.cc ... LIBRARIES lib ...)
#
# STARTS_FAST: has gRPC and what belongs to it inside of it, where it is released.
function(weir_binary name)
  cmake_parse_arguments(ARG "STARTS_FAST" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE weir_options ${ARG_LIBRARIES})
  target_precompile_headers(${name} REUSE_FROM weir_precompiled)
  if(ARG_STARTS_FAST AND CMAKE_BUILD_TYPE STREQUAL "Release")
    set(link ${CMAKE_SOURCE_DIR}/cmake/link_archives.sh)
    set_target_properties(${name} PROPERTIES
      RULE_LAUNCH_LINK ${link} LINK_DEPENDS ${link})
    target_link_options(${name} PRIVATE -Wl,--gc-sections)
  endif()
endfunction()

# weir_test(NAME SOURCES a_test.cc ... LIBRARIES lib ... [LABELS unit])
#
# A GoogleTest binary, registered with CTest as one test. LABELS: `concurrent`
# for what ThreadSanitizer should see, `end_to_end` for what runs the real
# binaries (sanitizer builds leave these out).
function(weir_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name}
    PRIVATE weir_options weir_testing GTest::gmock_main ${ARG_LIBRARIES})
  target_compile_options(${name} PRIVATE ${weir_test_options})
  target_precompile_headers(${name} REUSE_FROM weir_precompiled_test)
  weir_unity(${name})
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

set(WEIR_FUZZ_RUNS 10000 CACHE STRING
  "How many inputs CTest makes up for each fuzz target")

# weir_fuzz(NAME SOURCES a_fuzz.cc SEEDS folder ... DICTIONARY file
#           LIBRARIES lib ...)
#
# The source defines weir::fuzz::OneInput(). In the preset `fuzz` it is a libFuzzer
# target, which CTest runs for so many inputs, from the seeds on and the same each
# time: what it finds, everybody finds. Everywhere else it is a test that feeds
# it the seeds.
function(weir_fuzz name)
  cmake_parse_arguments(ARG "" "DICTIONARY" "SOURCES;SEEDS;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name}
    PRIVATE weir_options weir_fuzz_entry weir_fuzz_check ${ARG_LIBRARIES})
  set(seeds)
  foreach(folder IN LISTS ARG_SEEDS)
    cmake_path(ABSOLUTE_PATH folder)
    list(APPEND seeds ${folder})
  endforeach()
  if(NOT WEIR_SANITIZER STREQUAL "fuzz")
    target_link_libraries(${name} PRIVATE weir_fuzz_replay)
    target_precompile_headers(${name} REUSE_FROM weir_precompiled)
    add_test(NAME ${name} COMMAND ${name} ${seeds})
    set_tests_properties(${name} PROPERTIES TIMEOUT 120)
    return()
  endif()
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set(findings ${CMAKE_BINARY_DIR}/findings)
  set(found ${CMAKE_BINARY_DIR}/corpus/${name})
  file(MAKE_DIRECTORY ${findings})
  # The first folder is where it keeps what it found, and would begin with the
  # next time. An input takes a few ms; one that takes seconds is a finding, and
  # so is one that takes memory out of proportion.
  list(JOIN seeds " " seeds)
  add_test(NAME ${name} COMMAND sh -c "rm -rf ${found} && mkdir -p ${found} && \
    exec $<TARGET_FILE:${name}> -seed=1 -runs=${WEIR_FUZZ_RUNS} -max_len=4096 \
    -timeout=5 -rss_limit_mb=1024 -artifact_prefix=${findings}/${name}- \
    -dict=${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DICTIONARY} ${found} ${seeds}")
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS fuzz)
endfunction()
