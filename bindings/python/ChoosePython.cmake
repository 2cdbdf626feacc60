# SPDX-License-Identifier: GPL-2.0-or-later

# Checks an interpreter. Sets <prefix>_HEADERS if the extension can be built for it, <prefix>_SCAPY
# if it has scapy, and <prefix>_REAL to its real path, because the program in PATH may be a
# launcher.
function(look_at_python prefix interpreter)
  execute_process(
    COMMAND ${interpreter} -c [[
import importlib.util, os, sys, sysconfig
headers = os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))
scapy = importlib.util.find_spec("scapy") is not None
print(sys.executable, headers, scapy, sep=";", end="")
]]
    OUTPUT_VARIABLE answer
    RESULT_VARIABLE failed
    ERROR_QUIET)
  if(failed)
    set(answer ${interpreter} FALSE FALSE)
  endif()
  list(GET answer 0 real)
  list(GET answer 1 headers)
  list(GET answer 2 scapy)
  set(${prefix}_REAL ${real} PARENT_SCOPE)
  set(${prefix}_HEADERS ${headers} PARENT_SCOPE)
  set(${prefix}_SCAPY ${scapy} PARENT_SCOPE)
endfunction()

# Sets `result` to the interpreter to build for. -DPython3_EXECUTABLE or -DPython_EXECUTABLE comes
# first. Otherwise it is the first interpreter in PATH and the system that has development headers
# and scapy, then the first that has headers. `result` is empty if there is no such interpreter.
function(choose_python result)
  foreach(given Python3_EXECUTABLE Python_EXECUTABLE)
    if(${given})
      message(STATUS "Python: ${${given}}, as ${given} says")
      set(${result} ${${given}} PARENT_SCOPE)
      return()
    endif()
  endforeach()

  find_program(in_path python3 NO_CACHE)
  set(second "")
  set(passed_over "")
  foreach(candidate ${in_path} /usr/bin/python3)
    look_at_python(python ${candidate})
    if(python_HEADERS AND python_SCAPY)
      message(STATUS "Python: ${python_REAL}, which has development headers and scapy${passed_over}")
      set(${result} ${python_REAL} PARENT_SCOPE)
      return()
    endif()
    if(python_HEADERS)
      string(APPEND passed_over "; not ${python_REAL}, which has no scapy")
      if(NOT second)
        set(second ${python_REAL})
      endif()
    else()
      string(APPEND passed_over "; not ${python_REAL}, which has no development headers")
    endif()
  endforeach()
  if(NOT second)
    message(STATUS "Python: none with development headers${passed_over}")
    set(${result} "" PARENT_SCOPE)
    return()
  endif()
  message(STATUS "Python: ${second}, which has development headers; scapy (package python3-scapy) "
    "was not found, and is not tested")
  set(${result} ${second} PARENT_SCOPE)
endfunction()
