# SPDX-License-Identifier: GPL-2.0-or-later
# A unity build (CMAKE_UNITY_BUILD) compiles several files as one. Then a fresh build takes half the time.

# compile_alone(FILE...) excludes files of this directory from the unity build. They use the same names as other files
# of their target.
function(compile_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# Makes each file include libc's headers before the kernel's. The kernel's headers skip definitions that libc's
# headers have made, but libc's headers do not skip those of the kernel's. In a unity build, a file with kernel
# headers can precede a file with libc headers.
function(include_libc_before_kernel directory)
  get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    set_property(TARGET ${target} PROPERTY UNITY_BUILD_CODE_BEFORE_INCLUDE
      "#ifdef __cplusplus // a file in C may define _GNU_SOURCE first
#include <net/if.h>
#include <netinet/in.h>
#include <linux/netfilter/nfnetlink_log.h>
#endif")
  endforeach()
  get_property(below DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
  foreach(directory IN LISTS below)
    include_libc_before_kernel(${directory})
  endforeach()
endfunction()
