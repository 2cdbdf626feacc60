-- SPDX-License-Identifier: GPL-2.0-or-later
-- loop.lua for|columns|coroutine COUNT: the loop of loop.c, in one of three ways in Lua.
local nflogcap = require "nflogcap"

local byte = string.byte

-- Returns the sum, and the number of packets that are still missing.
local function read(packets, count)
  local sum = 0
  for packet in packets do
    local payload = packet.payload
    sum = sum + #payload + byte(payload) + #packet.prefix + (packet.mark or 0)
      + packet.timestamp_ns % 1000003
    count = count - 1
    if count == 0 then break end
  end
  return sum, count
end

local function loop(capture, count)
  return (read(capture:packets(), count))
end

local function columns(capture, count)
  local sum = 0
  for batch in capture:batches() do
    local payloads, prefixes = batch:payloads(), batch:column "prefix"
    local marks, timestamps = batch:column "mark", batch:column "timestamp_ns"
    for i = 1, #batch do
      local payload = payloads[i]
      sum = sum + #payload + byte(payload) + #prefixes[i] + (marks[i] or 0)
        + timestamps[i] % 1000003
    end
    count = count - #batch
    if count <= 0 then break end
  end
  return sum
end

-- The loop in a coroutine. An event loop resumes the coroutine when the capture is readable.
local function in_coroutine(capture, count)
  local select = require "socket".select
  local sum = 0
  local reader = coroutine.create(function()
    repeat
      coroutine.yield()
      local part
      part, count = read(capture:packets(0), count)
      sum = sum + part
    until count == 0
  end)
  while coroutine.status(reader) ~= "dead" do
    assert(coroutine.resume(reader))
    if count > 0 then select({ capture }) end
  end
  return sum
end

local ways = { ["for"] = loop, columns = columns, coroutine = in_coroutine }
local way, count = ways[arg[1]], tonumber(arg[2])
local capture = assert(nflogcap.open(5))
print "ready"
io.stdout:flush()
local before = os.clock()
local sum = way(capture, count)
local after = os.clock()
local stats = capture:stats()
print(("%d %d %d %d"):format((after - before) * 1e9 // 1, stats.received, stats.lost, sum))
