-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: closing a capture, and leaving nothing behind.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"
local nflogcap = require "nflogcap"

local PORT, capturing, test = harness.PORT, harness.capturing, harness.test
local LONG, equal, refused = live.LONG, live.equal, live.refused

function test.close_twice()
  local capture = nflogcap.open(5)
  equal(capture:closed(), false)
  equal(tostring(capture), "<nflogcap.Capture: open>")
  capture:close()
  capture:close()
  equal(capture:closed(), true)
  equal(capture:ended(), true)
  equal(live.bound_groups(), "")
end

function test.use_after_close()
  local capture = nflogcap.open(5)
  local next_packet = capture:packets()
  capture:close()
  for _, method in ipairs { "next", "packets", "fd", "wakeup", "stop", "stats" } do
    refused(function() capture[method](capture) end, "the capture is closed")
  end
  refused(function() capture:group_stats(5) end, "the capture is closed")
  refused(function() capture:set_filter "udp" end, "the capture is closed")
  equal(next_packet(), nil)
end

function test.collected()
  local capture = nflogcap.open(5)
  equal(live.bound_groups(), "5")
  capture = nil
  collectgarbage()
  collectgarbage()
  equal(live.bound_groups(), "")
end

function test.no_growth()
  local packets = tonumber(os.getenv "NFLOGCAP_TEST_PACKETS")
  local portion = 10000
  local function resident()
    local status = assert(io.open "/proc/self/status")
    local kilobytes = status:read("*a"):match "VmRSS:%s*(%d+)"
    status:close()
    return tonumber(kilobytes) * 1024
  end
  local function descriptors()
    -- Without pipes, because both ends of the pipe to this command may still be open.
    return live.output "find /proc/$PPID/fd -type l -not -lname 'pipe:*' | wc -l"
  end
  local function read(count)
    capturing(5, function(capture)
      for _ = 1, count / portion do
        live.send_count(PORT, portion)
        for _ = 1, portion do
          local packet = capture:next(LONG)
          local _ = packet.payload, packet.prefix, packet.mark, packet.timestamp_ns, packet.indev_name
        end
      end
      equal(capture:stats().received, count)
      equal(capture:stats().lost, 0)
    end)
  end
  local function opens(count)
    for _ = 1, count do nflogcap.open(5):close() end
  end
  local function settle()
    collectgarbage()
    collectgarbage()
  end
  live.with_rule(PORT, 'prefix "growth: " group 5', function()
    read(2 * portion)
    opens(100)
    settle()
    local memory, before = resident(), descriptors()
    read(packets)
    opens(packets / 100)
    settle()
    equal(descriptors(), before)
    local grown = resident() - memory
    -- With 100000 packets and 1000 captures, this limit is 10 bytes per packet, or 1 kB per capture.
    if grown >= math.max(packets, 2 ^ 20) then error("memory grew by " .. grown .. " bytes") end
    equal(live.bound_groups(), "")
  end)
end

harness.run(arg)
