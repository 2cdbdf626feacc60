-- SPDX-License-Identifier: GPL-2.0-or-later
-- Built by the project's CMake, with the library beside the module.
rockspec_format = "3.0"
package = "nflogcap"
version = "1.0.0-1"
source = {
  url = "file://nflogcap-1.0.0.tar.gz", -- which the source rock holds
}
description = {
  summary = "Captures the packets that Linux netfilter logs through NFLOG",
  detailed = [[
NFLOG groups captured with all the metadata that the kernel sends, and every loss counted. Building
needs CMake, SWIG, a C++20 compiler, libmnl, libnetfilter_log and libpcap.]],
  license = "GPL-2.0-or-later",
}
supported_platforms = { "linux" }
dependencies = { "lua >= 5.1, < 5.5" }
build = {
  type = "command",
  build_command = "sh bindings/lua/build-rock build $(LUA)",
  install_command = "sh bindings/lua/build-rock install $(LUADIR) $(LIBDIR)",
}
