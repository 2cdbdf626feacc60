# SPDX-License-Identifier: GPL-2.0-or-later
# Run by cpack between installing the components and making the packages of them.

file(GLOB_RECURSE manuals ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/man/*.[13])
execute_process(COMMAND gzip -9 --no-name ${manuals} COMMAND_ERROR_IS_FATAL ANY)

# The library's symbols file, in a directory as Debian's tools expect to stand in.
set(directory ${CPACK_DEBIAN_LIBRARY_DIRECTORY})
set(package ${CPACK_DEBIAN_LIBRARY_PACKAGE_NAME})
file(GLOB library ${CPACK_TEMPORARY_DIRECTORY}/library/usr/lib/*/libnflogcap.so.*.*)
file(WRITE ${directory}/debian/control "Source: nflogcap\n\nPackage: ${package}\nArchitecture: any\n")
file(WRITE ${directory}/debian/shlibs "libnflogcap 1 ${package} (>= ${CPACK_PACKAGE_VERSION})\n")
execute_process(
  COMMAND dpkg-gensymbols -c4 -p${package} -v${CPACK_PACKAGE_VERSION} -e${library}
    -I${CMAKE_CURRENT_LIST_DIR}/symbols -O${directory}/debian/symbols
  WORKING_DIRECTORY ${directory}
  COMMAND_ERROR_IS_FATAL ANY)
file(MAKE_DIRECTORY ${CPACK_TEMPORARY_DIRECTORY}/library/DEBIAN) # the mark of a package's root
execute_process(
  COMMAND dpkg-shlibdeps -O -e${library}
  WORKING_DIRECTORY ${directory}
  OUTPUT_VARIABLE depends
  OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${CPACK_TEMPORARY_DIRECTORY}/library/DEBIAN)
string(REPLACE "shlibs:Depends=" "" CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS "${depends}")
