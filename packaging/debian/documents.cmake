# SPDX-License-Identifier: GPL-2.0-or-later
# What Debian has of each package below /usr/share/doc: copyright, changelogs and examples.

set(version ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # of SOURCE_DATE_EPOCH
configure_file(changelog.Debian.in changelog.Debian @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/CHANGELOG.md changelog COPYONLY)
foreach(changelog changelog changelog.Debian)
  execute_process(COMMAND gzip -9 --no-name --force ${CMAKE_CURRENT_BINARY_DIR}/${changelog}
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  install(FILES copyright
      ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz ${CMAKE_CURRENT_BINARY_DIR}/changelog.Debian.gz
    DESTINATION share/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME}
    COMPONENT ${component})
endforeach()

function(install_examples component directory)
  string(TOUPPER ${component} upper)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${directory}/
    DESTINATION share/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME}/examples
    COMPONENT ${component}
    PATTERN CMakeLists.txt EXCLUDE)
endfunction()
install_examples(development examples)
foreach(language IN LISTS NFLOGCAP_LANGUAGES)
  install_examples(${language} bindings/${language}/examples)
endforeach()
