# weir_library(NAME SOURCES a.cc ... PUBLIC lib ... PRIVATE lib ...)
#
# A folder's library. Headers need no listing; a folder of headers alone has no
# SOURCES and becomes an interface library.
function(weir_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name}
      PUBLIC weir_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    target_precompile_headers(${name} REUSE_FROM weir_precompiled)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE weir_options ${ARG_PUBLIC})
  endif()
endfunction()

# weir_binary(NAME SOURCES a.cc ... LIBRARIES lib ...)
function(weir_binary name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE weir_options ${ARG_LIBRARIES})
  target_precompile_headers(${name} REUSE_FROM weir_precompiled)
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
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
