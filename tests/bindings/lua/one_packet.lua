-- SPDX-License-Identifier: GPL-2.0-or-later
-- Captures a packet with the installed module. Run it in a network namespace that exists only for this test.

local nflogcap = require "nflogcap"
assert(os.execute [[nft 'table ip t { chain c { type filter hook prerouting priority 0;
  udp dport 4900 log prefix "package" group 5 drop; }; }']])
local capture = nflogcap.open(5)
assert(os.execute [[bash -c 'printf hello >/dev/udp/127.0.0.1/4900']])
local packet = capture:next(20)
assert(packet.prefix == "package" and packet.payload:sub(-5) == "hello", tostring(packet))
print(packet)
capture:close()
