# SPDX-License-Identifier: GPL-2.0-or-later
# Flags that make errors harder to exploit, if the compiler and the linker support them. Flags of the person who
# builds have precedence: _FORTIFY_SOURCE is not set if it is already defined.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)
include(CheckLinkerFlag)
include(CheckPIESupported)
check_pie_supported()

foreach(flag -fstack-protector-strong -fcf-protection)
  string(MAKE_C_IDENTIFIER "NFLOGCAP${flag}" variable)
  check_cxx_compiler_flag(${flag} ${variable})
  if(${variable})
    add_compile_options(${flag})
  endif()
endforeach()

foreach(flag relro now noexecstack)
  check_linker_flag(CXX LINKER:-z,${flag} NFLOGCAP_LINKS_${flag})
  if(NFLOGCAP_LINKS_${flag})
    add_link_options(LINKER:-z,${flag})
  endif()
endforeach()

check_cxx_source_compiles("
#ifdef _FORTIFY_SOURCE
#error
#endif
int main() {}" NFLOGCAP_IS_NOT_FORTIFIED)
if(NFLOGCAP_IS_NOT_FORTIFIED)
  # If the compiler is too old for this level, libc's headers print a warning.
  set(CMAKE_REQUIRED_FLAGS "-O2 -Werror -D_FORTIFY_SOURCE=3")
  check_cxx_source_compiles("#include <cstdio>\nint main() {}" NFLOGCAP_HAS_FORTIFY_3)
  unset(CMAKE_REQUIRED_FLAGS)
  set(level $<IF:$<BOOL:${NFLOGCAP_HAS_FORTIFY_3}>,3,2>)
  # _FORTIFY_SOURCE requires optimization.
  add_compile_options($<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-D_FORTIFY_SOURCE=${level}>)
endif()
