-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: taps.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"
local nflogcap = require "nflogcap"

local PORT, capturing, test = harness.PORT, harness.capturing, harness.test
local LONG, equal, failed, refused = live.LONG, live.equal, live.failed, live.refused

local function ruleset()
  return live.output(os.getenv "NFLOGCAP_TEST_NFT" .. " list ruleset")
end

function test.tap()
  local before = ruleset()
  local udp = "udp dport " .. PORT
  for _, case in ipairs { { udp, 1 }, { { udp, ("udp dport { %d, 9 }"):format(PORT) }, 2 } } do
    capturing({ tap = case[1], hook = "output", snaplen = 96 }, function(capture)
      equal(capture:tap_group(), 65535)
      live.send(PORT, "tapped")
      for _ = 1, case[2] do
        local packet = capture:next(LONG)
        equal(packet.group, 65535)
        equal(packet.hook, 3)
        equal(live.udp_payload(packet), "tapped")
      end
      assert(ruleset():find("nflogcap-65535", 1, true))
    end)
  end
  capturing({ groups = 5, tap = udp, hook = "ingress:lo" }, function(capture)
    equal(capture:tap_group(), 5)
  end)
  capturing({ tap = "" }, function(capture)
    live.send(PORT, "anything")
    equal(capture:next(LONG).hook, 3)
    equal(capture:next(LONG).hook, 0)
  end)
  capturing(5, function(capture) equal(capture:tap_group(), nil) end)
  equal(ruleset(), before)
end

function test.bad_tap()
  for _, case in ipairs {
    { { tap = "udp dprt 9" }, "nft says", "at 'dprt'" },
    { { tap = "udp dport 9 drop" }, "at 'drop'" },
    { { tap = "meta mark set 5" }, "does more than match" },
    { { tap = "udp dport 9; drop" }, "this one contains ;" },
    { { tap = "udp dport 9\0" }, "tap contains a NUL" },
    { { tap = 9 }, "tap must be a string, not a number" },
    { { tap = { "udp", 9 } }, "tap must be a string, not a number" },
    { { tap = "udp", hook = "somewhere" }, "cannot tap at 'somewhere'" },
    { { tap = "udp", hook = "input\0" }, "hook contains a NUL" },
    { { tap = "udp", hook = 1 }, "hook must be a string, not a number" },
    { { groups = 5, hook = "input" }, "has no tap" },
    { { tap = {} }, "no group" },
  } do
    refused(function() nflogcap.open(case[1]) end, case[2], case[3])
  end
  failed(function() return nflogcap.open { tap = "udp", hook = "ingress:eth7" } end, "no such device")
  equal(live.bound_groups(), "")
  equal(ruleset(), "")
end

function test.change_taps()
  local udp = "udp dport " .. PORT
  live.with_rule(PORT + 1, "group 6", function()
    capturing(6, function(capture)
      equal(capture:tap_group(), nil)
      assert(capture:add_tap(udp, { hook = "output", tap_prefix = "tap: ", tap_priority = "raw",
        tap_sample = 2 }))
      equal(capture:tap_group(), 6)
      assert(ruleset():find("priority raw", 1, true))
      live.send(PORT, "1", "2", "3", "4")
      for _ = 1, 2 do equal(capture:next(LONG).prefix, "tap: ") end
      assert(capture:add_tap(udp, { hook = "input", tap_limit = "1/day burst 3 packets" }))
      assert(capture:remove_tap(udp, "output"))
      live.send(PORT, "1", "2", "3", "4", "5")
      for _ = 1, 3 do equal(capture:next(LONG).prefix, "") end
      local before = ruleset()
      for _, case in ipairs {
        { "udp dprt 9", nil, "nft says" },
        { udp, { hook = "somewhere" }, "cannot tap at 'somewhere'" },
        { udp, { tap_limit = "often" }, "the limit 'often'" },
        { udp, { tap_priority = "late" }, "the priority 'late'" },
        { udp, { tap_prefix = ("x"):rep(128) }, "up to 127 bytes" },
        { udp, { tap_sample = 0 }, "tap_sample" },
        { udp, { tap_sample = "2" }, "tap_sample must be an integer" },
        { udp, { hok = "input" }, "no option 'hok'" },
        { udp, "input", "a table of options" },
        { 9, nil, "tap must be a string" },
      } do
        refused(function() capture:add_tap(case[1], case[2]) end, case[3])
      end
      refused(function() capture:remove_tap(udp, "output") end,
        "no tap has this match and hook")
      equal(ruleset(), before)
      live.send(PORT + 1, "goes on")
      equal(live.udp_payload(capture:next(LONG)), "goes on")
      assert(capture:remove_tap(udp, "input"))
      equal(capture:tap_group(), nil)
      equal(capture:next(0), nil)
    end)
  end)
end

harness.run(arg)
