-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: filters in libpcap's language.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"
local nflogcap = require "nflogcap"

local PORT, logged, test = harness.PORT, harness.logged, harness.test
local LONG, equal, refused = live.LONG, live.equal, live.refused

function test.filter()
  logged({ groups = 5, filter = "udp[8] = 0x61" }, "group 5", function(capture)
    local function payload() return live.udp_payload(capture:next(LONG)) end
    live.send(PORT, "b", "a1", "b", "a2", "b3", "a4")
    equal(payload(), "a1")
    equal(payload(), "a2")
    capture:set_filter "udp[8] = 0x62"
    equal(payload(), "b3")
    for _, empty in ipairs { false, "" } do
      capture:set_filter "tcp"
      live.send(PORT, "c")
      equal(capture:next(0.1), nil)
      capture:set_filter(empty or nil)
      live.send(PORT, "d")
      equal(payload(), "d")
    end
    local stats = capture:stats()
    equal(stats.received, 10)
    equal(stats.delivered, 5)
    equal(stats.filtered, 5)
    equal(stats.lost, 0)
  end)
end

function test.wrong_filter()
  refused(function() nflogcap.open { groups = 5, filter = "udp prt 53" } end, "'udp prt 53'",
    "syntax error")
  equal(live.bound_groups(), "")
  logged({ groups = 5, filter = "udp[8] = 0x61" }, "group 5", function(capture)
    for _, case in ipairs {
      { "udp prt 53", "syntax error" },
      { "udp and tcp", "rejects all packets" },
      { "udp\0port", "NUL" },
      { 5, "filter must be a string, not a number" },
      { {}, "filter must be a string, not a table" },
      { false, "filter must be a string, not a boolean" },
    } do
      refused(function() capture:set_filter(case[1]) end, case[2])
    end
    live.send(PORT, "b", "a")
    equal(live.udp_payload(capture:next(LONG)), "a")
  end)
end

harness.run(arg)
