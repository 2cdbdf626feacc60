# SPDX-License-Identifier: GPL-2.0-or-later
# A unity build (CMAKE_UNITY_BUILD) compiles several files as one: a fresh build takes half the time.

# compile_alone(FILE...): files of this directory that use the same names as others of their target.
function(compile_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# The kernel's headers leave out what libc's have defined, but not the other way round. In a unity build a
# file that includes the former can precede one that includes the latter, so all begin with libc's.
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
