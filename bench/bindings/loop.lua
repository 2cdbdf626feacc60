-- SPDX-License-Identifier: GPL-2.0-or-later
-- loop.lua COUNT: the loop of loop.c, in Lua.
local nflogcap = require "nflogcap"

local count, sum = tonumber(arg[1]), 0
local capture = nflogcap.open(5)
print "ready"
io.stdout:flush()
local before = os.clock()
for packet in capture:packets() do
  local payload = packet.payload
  sum = sum + #payload + payload:byte(1) + #packet.prefix + (packet.mark or 0)
    + packet.timestamp_ns % 1000003
  count = count - 1
  if count == 0 then break end
end
local after = os.clock()
local stats = capture:stats()
print(("%d %d %d %d"):format((after - before) * 1e9 // 1, stats.received, stats.lost, sum))
