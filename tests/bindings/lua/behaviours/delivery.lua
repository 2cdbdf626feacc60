-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: which packets are delivered and counted.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"

local PORT, capturing, logged, test = harness.PORT, harness.capturing, harness.logged, harness.test
local LONG, equal, refused = live.LONG, live.equal, live.refused

function test.several_groups()
  live.with_rule(PORT + 1, "group 65535", function()
    logged({ groups = { 5, 65535 } }, "group 5", function(capture)
      live.send(PORT, "a", "b")
      live.send(PORT + 1, "c")
      local seen = { [5] = "", [65535] = "" }
      for _ = 1, 3 do
        local packet = capture:next(LONG)
        seen[packet.group] = seen[packet.group] .. live.udp_payload(packet)
      end
      equal(seen[5], "ab")
      equal(seen[65535], "c")
      equal(capture:group_stats(5).received, 2)
      equal(capture:group_stats(65535).received, 1)
      equal(capture:stats().received, 3)
      refused(function() capture:group_stats(7) end, "group 7")
      refused(function() capture:group_stats() end, "group must be an integer")
    end)
  end)
end

function test.change_groups()
  live.with_rule(PORT + 1, "group 6", function()
    logged({ groups = 5, flush_timeout = 3600000 }, "group 5", function(capture)
      live.send(PORT + 1, "nobody has it")
      assert(capture:add_group(6))
      live.send(PORT + 1, "six")
      assert(capture:remove_group(6))
      live.send(PORT + 1, "nobody has it")
      equal(live.udp_payload(capture:next(LONG)), "six")
      equal(capture:group_stats(6).received, 1)
      refused(function() capture:add_group(5) end, "added before")
      refused(function() capture:add_group(65536) end, "65536")
      refused(function() capture:add_group "5" end, "integer")
      refused(function() capture:remove_group(6) end, "not captured")
      refused(function() capture:remove_group(-1) end, "-1")
      live.send(PORT, "five")
      capture:stop()
      equal(live.udp_payload(capture:next(LONG)), "five")
    end)
  end)
end

function test.two_captures()
  live.with_rule(PORT + 1, "group 6", function()
    logged(5, "group 5", function(first)
      capturing(6, function(second)
        live.send(PORT + 1, "second")
        live.send(PORT, "first")
        equal(live.udp_payload(first:next(LONG)), "first")
        equal(live.udp_payload(second:next(LONG)), "second")
        equal(first:next(0), nil)
        equal(second:next(0), nil)
      end)
    end)
  end)
end

function test.stop()
  logged({ groups = 5, flush_timeout = 3600000 }, "group 5", function(capture)
    live.send(PORT, "held")
    capture:stop()
    equal(live.udp_payload(capture:next(LONG)), "held")
    equal(capture:ended(), false)
    equal(capture:next(), nil)
    equal(capture:ended(), true)
    equal(capture:next(), nil)
  end)
end

function test.loss()
  local sent = 20000
  logged({ groups = 5, socket_buffer = 4096, batch_size = 4096 }, "group 5", function(capture)
    live.send_count(PORT, sent)
    os.execute "sleep 0.1" -- within this time the kernel delivers the packets that it collected
    local seen, lost = 0, 0
    local function count(packet) seen, lost = seen + 1, lost + packet.lost_before end
    for packet in function() return capture:next(0) end do count(packet) end
    live.send(PORT, "this packet shows the loss before it")
    capture:stop()
    for packet in capture:packets() do count(packet) end
    local stats = capture:stats()
    equal(stats.lost > 0, true)
    equal(seen + lost, sent + 1)
    equal(stats.received, seen)
    equal(stats.lost, lost)
  end)
end

harness.run(arg)
