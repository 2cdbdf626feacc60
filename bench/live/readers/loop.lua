-- SPDX-License-Identifier: GPL-2.0-or-later
-- loop.lua reads packets with nflogcap in Lua until SIGINT, which the interpreter turns into an error.
local nflogcap = require "nflogcap"

local received, sum = 0, 0
local capture = assert(nflogcap.open(5))
print "ready"
io.stdout:flush()
local well, why = pcall(function()
  for packet in capture:packets() do
    sum = sum + #packet.payload + #packet.prefix + (packet.mark or 0)
      + packet.timestamp_ns % 1000003
    received = received + 1
  end
end)
if well or not tostring(why):find "interrupted!" then error(why) end
local stats = capture:stats()
local lost = stats.unaccounted_batches == 0 and ("%d"):format(stats.lost) or "null"
print(('{"received": %d, "lost": %s}'):format(received, lost))
