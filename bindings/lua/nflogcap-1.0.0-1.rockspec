-- SPDX-License-Identifier: GPL-2.0-or-later
-- `luarocks make` in this directory builds from the source tree around it, by its CMake, with the
-- library beside the module.
rockspec_format = "3.0"
package = "nflogcap"
version = "1.0.0-1"
source = {
  url = "file://nflogcap-1.0.0.tar.gz",
  dir = "nflogcap-1.0.0/bindings/lua",
}
description = {
  summary = "Captures the packets that Linux netfilter logs through NFLOG",
  license = "GPL-2.0-or-later",
}
supported_platforms = { "linux" }
dependencies = { "lua >= 5.1, < 5.5" }
build = {
  type = "command",
  build_command = "sh ./build-rock build $(LUA)",
  install_command = "sh ./build-rock install $(LUADIR) $(LIBDIR)",
}
