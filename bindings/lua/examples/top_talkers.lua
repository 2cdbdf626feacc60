#!/usr/bin/env lua5.4
-- SPDX-License-Identifier: GPL-2.0-or-later
-- Shows which addresses send most of the logged traffic: top_talkers.lua GROUP [SECONDS]
--
-- Counts packets and bytes by source address for SECONDS (default 10), or until Ctrl-C. Then it
-- prints the ten addresses that sent most bytes, and the number of lost packets.

local nflogcap = require "nflogcap"

-- Bytes of each packet that are captured: an IPv6 header, and the option with the length of a
-- packet above 64 KiB.
local HEADERS = 48
local unknown = 0 -- packets without a known length

local function count(capture, seconds, talkers)
  local finish = os.time() + seconds
  while true do
    local left = finish - os.time()
    if left <= 0 then return end
    local packet, why = capture:next(math.min(left, 1))
    if why then error(why) end
    if packet then
      local address = packet.source or "not IP"
      local talker = talkers[address] or { address = address, packets = 0, bytes = 0 }
      talkers[address] = talker
      talker.packets = talker.packets + 1
      talker.bytes = talker.bytes + packet.wire_length
      if packet.present & nflogcap.HAS_WIRE_LENGTH == 0 then unknown = unknown + 1 end
    end
  end
end

local function main(group, seconds)
  local talkers = {}
  local capture <close> = assert(nflogcap.open { groups = group, snaplen = HEADERS })
  local done, why = pcall(count, capture, seconds, talkers)
  if not done and not tostring(why):find("interrupted!", 1, true) then error(why, 0) end

  local sorted, packets = {}, 0
  for _, talker in pairs(talkers) do
    sorted[#sorted + 1] = talker
    packets = packets + talker.packets
  end
  table.sort(sorted, function(one, other) return one.bytes > other.bytes end)
  print(("%-40s %10s %12s"):format("source", "packets", "bytes"))
  for i = 1, math.min(10, #sorted) do
    local talker = sorted[i]
    print(("%-40s %10d %12d"):format(talker.address, talker.packets, talker.bytes))
  end
  print(("%d packets, %d lost"):format(packets, capture:stats().lost))
  if unknown > 0 then
    print(("%d of them do not say their length: the bytes are a minimum"):format(unknown))
  end
end

local group, seconds = math.tointeger(tonumber(arg[1])), tonumber(arg[2] or 10)
if not group or not seconds then
  io.stderr:write "usage: top_talkers.lua GROUP [SECONDS]\n"
  os.exit(1)
end
local done, why = pcall(main, group, seconds)
if not done then
  io.stderr:write("top_talkers.lua: ", tostring(why), "\n")
  os.exit(1)
end
