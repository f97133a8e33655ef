# Compiler flags of our own code, on the interface target likeness_flags. Warnings are errors on GCC 12 and clang 19.
add_library(likeness_flags INTERFACE)
target_compile_options(likeness_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-align -Wimplicit-fallthrough -Wformat=2 -Wundef -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(likeness_flags INTERFACE -Wthread-safety)
else()
  # -Wrestrict: GCC 12 warns falsely at the concatenation of strings (its bug 105651).
  target_compile_options(likeness_flags INTERFACE -Wduplicated-cond -Wlogical-op -Wno-restrict)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(likeness_flags INTERFACE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
endif()
target_compile_definitions(likeness_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_include_directories(likeness_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
if((LIKENESS_SANITIZE OR LIKENESS_TSAN) AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With the sanitizers' checks in it GCC 12 loses sight of what is initialized, in std::regex for one; the release
  # build warns.
  target_compile_options(likeness_flags INTERFACE -Wno-maybe-uninitialized)
endif()
if(LIKENESS_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
elseif(LIKENESS_TSAN)
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
endif()
if(LIKENESS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_LINK_WHAT_YOU_USE OFF)
