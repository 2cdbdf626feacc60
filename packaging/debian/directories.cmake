# SPDX-License-Identifier: GPL-2.0-or-later
# Where Debian's packages put each language's modules, and the versions that those are for.

# Sets the variables to what a command prints, a line each.
function(read_lines_of)
  cmake_parse_arguments(PARSE_ARGV 0 read "" "" "COMMAND;INTO")
  execute_process(COMMAND ${read_COMMAND} OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "\n" ";" lines "${lines}")
  foreach(variable IN LISTS read_INTO)
    list(POP_FRONT lines line)
    set(${variable} ${line} PARENT_SCOPE)
  endforeach()
endfunction()

# Debian's own interpreters tell absolute paths; what is installed is told relative to the prefix.
function(install_modules_to variable path)
  cmake_path(RELATIVE_PATH path BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX})
  set(${variable} ${path} CACHE STRING "As Debian's packages have it")
endfunction()

read_lines_of(INTO python_version python_next_version
  COMMAND ${Python3_EXECUTABLE} -c [=[
import sys
major, minor = sys.version_info[:2]
print(f"{major}.{minor}", f"{major}.{minor + 1}", sep="\n")
]=])

set(NFLOGCAP_LUA_CDIR ${CMAKE_INSTALL_LIBDIR}/lua/5.4 CACHE STRING "As Debian's packages have it")

read_lines_of(INTO ruby_directory ruby_extension_directory ruby_version ruby_next_version
  COMMAND ${NFLOGCAP_RUBY_INTERPRETER} -rrbconfig -e [=[
major, minor = RbConfig::CONFIG.values_at("MAJOR", "MINOR")
puts RbConfig::CONFIG.values_at("vendordir", "vendorarchdir")
puts "#{major}.#{minor}", "#{major}.#{minor.to_i + 1}"
]=])
install_modules_to(NFLOGCAP_RUBY_DIR ${ruby_directory})
install_modules_to(NFLOGCAP_RUBY_ARCHDIR ${ruby_extension_directory})

read_lines_of(INTO perl_directory perl_extension_directory perl_abi
  COMMAND ${NFLOGCAP_PERL_INTERPRETER} -MConfig -e [=[
print "$_\n" for @Config{qw(vendorlibexp vendorarchexp)}, $Config{debian_abi} || $Config{version};
]=])
install_modules_to(NFLOGCAP_PERL_DIR ${perl_directory})
install_modules_to(NFLOGCAP_PERL_ARCHDIR ${perl_extension_directory})
