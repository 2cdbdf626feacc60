# SPDX-License-Identifier: GPL-2.0-or-later
# The parts of a build. Each part has an option: ON (the part must be built), OFF, or AUTO (it is built if everything
# that it needs is found). print_summary() prints which parts are built, and why the others are not.

define_property(GLOBAL PROPERTY NFLOGCAP_PARTS BRIEF_DOCS "What is built")
define_property(GLOBAL PROPERTY NFLOGCAP_LEFT_OUT BRIEF_DOCS "What is not built: why")

function(note_part name)
  set_property(GLOBAL APPEND PROPERTY NFLOGCAP_PARTS ${name})
endfunction()

function(note_left_out name why)
  set_property(GLOBAL APPEND PROPERTY NFLOGCAP_LEFT_OUT "${name}: ${why}")
endfunction()

# Adds the directory of a part.
macro(add_part name option directory)
  if(${option})
    add_subdirectory(${directory})
  else()
    note_left_out(${name} "${option} is OFF")
  endif()
endmacro()

# Called in the directory of a part that cannot be built. If the option is ON, this is an error. Otherwise it ends the
# directory, and sets the option to OFF.
macro(leave_out name option why)
  if(NOT "${${option}}" STREQUAL "AUTO")
    message(FATAL_ERROR "Cannot build ${name}: ${why}")
  endif()
  note_left_out(${name} "${why}")
  set(${option} OFF PARENT_SCOPE)
  return()
endmacro()

# begin_part(NAME OPTION [VARIABLE PACKAGE]...) leaves the part out if one of the variables is false. A false variable
# means that its package is missing.
macro(begin_part name option)
  set(needed ${ARGN})
  set(missing "")
  while(needed)
    list(POP_FRONT needed variable package)
    if(NOT ${variable})
      string(APPEND missing " ${package}")
    endif()
  endwhile()
  if(missing)
    leave_out(${name} ${option} "install (these are Debian's names)${missing}")
  endif()
  note_part(${name})
endmacro()

function(print_summary)
  get_property(parts GLOBAL PROPERTY NFLOGCAP_PARTS)
  get_property(left_out GLOBAL PROPERTY NFLOGCAP_LEFT_OUT)
  list(JOIN parts ", " parts)
  message(STATUS "nflogcap ${PROJECT_VERSION} is built: ${parts}")
  foreach(part IN LISTS left_out)
    message(STATUS "not built: ${part}")
  endforeach()
endfunction()
