# SPDX-License-Identifier: GPL-2.0-or-later
# What each package is: its name, what it depends on, and what it says of itself.

set(CPACK_PACKAGE_NAME nflogcap)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # each package has its own
set(CPACK_DEBIAN_PACKAGE_RELEASE 0.1) # below what Debian itself would begin with
set(CPACK_DEBIAN_PACKAGE_SOURCE nflogcap)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The nflogcap authors <nflogcap@localhost.invalid>")
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON) # in the same version
# Where dpkg-shlibdeps finds the library that no package on this machine has.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/capi)

set(CPACK_COMPONENTS_ALL "")

# debian_package(COMPONENT NAME SECTION SYNOPSIS WHAT_IS_IN_IT): the text between is common to all.
macro(debian_package component name section synopsis what_is_in_it)
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  if(NOT ${component} STREQUAL library)
    set(CPACK_COMPONENT_${upper}_DEPENDS library)
  endif()
  string(CONCAT CPACK_DEBIAN_${upper}_DESCRIPTION
    "${synopsis}\n"
    "NFLOG is how Linux firewall rules log packets to programs. nflogcap captures\n"
    "them in batches, with all that the kernel tells of each: prefix, interfaces,\n"
    "mark, owner, conntrack. It counts each loss, filters by pcap-filter(7), writes\n"
    "and reads savefiles, and lays rules that end with the capture.\n"
    "\n"
    "${what_is_in_it}")
endmacro()

debian_package(library libnflogcap1 libs "library to capture NFLOG packets" [[
This package holds the shared library.]])
set(CPACK_DEBIAN_LIBRARY_PACKAGE_RECOMMENDS libnftables1) # which the first tap loads
# finish.cmake makes these, and finds the dependencies: where CPack examines a shared library it
# adds scripts that call ldconfig, for which Debian has the trigger.
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_LIBRARY_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/triggers)
foreach(file symbols shlibs)
  list(APPEND CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_BINARY_DIR}/debian/${file})
endforeach()

debian_package(development libnflogcap-dev libdevel
  "library to capture NFLOG packets - development files" [[
This package holds the C header, nflogcap(3), what pkg-config and CMake read,
and examples.]])

debian_package(command nflogcap net "captures and prints the packets that NFLOG rules log" [[
This package holds the command, which prints packets as lines or JSON, and is
an interface in Wireshark's list too.]])
set(CPACK_DEBIAN_COMMAND_PACKAGE_SUGGESTS "bash-completion, wireshark | tshark")

debian_package(python python3-nflogcap python "captures NFLOG packets - Python 3 module" [[
This package holds the Python module, with asyncio, batches for numpy and a
listener for scapy, and the drop-in modules scapy_nflog, nflog_ctypes and
nflog_cffi.]])
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS
  "python3 (>= ${python_version}~), python3 (<< ${python_next_version}~)")
set(CPACK_DEBIAN_PYTHON_PACKAGE_RECOMMENDS python3-scapy)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SUGGESTS python3-numpy)
foreach(script postinst prerm)
  list(APPEND CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/python/${script})
endforeach()

debian_package(lua lua-nflogcap interpreters "captures NFLOG packets - Lua 5.4 module" [[
This package holds the Lua module.]])
set(CPACK_DEBIAN_LUA_PACKAGE_DEPENDS "lua5.4 | liblua5.4-0")

debian_package(ruby ruby-nflogcap ruby "captures NFLOG packets - Ruby module" [[
This package holds the Ruby module, whose captures are Enumerable and wait in
fiber schedulers.]])
set(CPACK_DEBIAN_RUBY_PACKAGE_DEPENDS
  "ruby (>= 1:${ruby_version}~), ruby (<< 1:${ruby_next_version}~)")

debian_package(perl libnflogcap-perl perl "captures NFLOG packets - Perl module" [[
This package holds the Perl module Nflogcap.]])
set(CPACK_DEBIAN_PERL_PACKAGE_DEPENDS "perl, perlapi-${perl_abi}")

foreach(language IN LISTS NFLOGCAP_LANGUAGES)
  if(NOT language IN_LIST CPACK_COMPONENTS_ALL)
    message(FATAL_ERROR "The module for ${language} would be in no package: "
      "packaging/debian/packages.cmake has no debian_package(${language} ...).")
  endif()
endforeach()
