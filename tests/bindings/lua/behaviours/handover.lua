-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: a capture that another process continues.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"
local nflogcap = require "nflogcap"
local process = require "process"

local PORT, test = harness.PORT, harness.test
local LONG, equal, failed, refused = live.LONG, live.equal, live.failed, live.refused
local EBUSY, ENODATA = 16, 61

-- This program inherits the descriptors and adopts the capture. It prints two packets, or the error.
local ADOPTER = [[
  local nflogcap = require "nflogcap"
  local capture, why = nflogcap.adopt({ %s }, { groups = 5 })
  if not capture then
    print(why.errno, why.message)
  else
    local one, two = capture:next(%d), capture:next(%d)
    print(one.payload:sub(29), two.payload:sub(29), capture:stats().lost)
  end
]]

-- Returns duplicates of the capture's descriptors. A process that adopts the capture gets such duplicates.
local function handed_out(capture)
  local copies = {}
  for i, descriptor in ipairs(capture:descriptors()) do copies[i] = process.dup(descriptor) end
  return copies
end

local function close_all(descriptors)
  for _, descriptor in ipairs(descriptors) do process.close(descriptor) end
end

-- Hands the capture over, and checks that no packet is left to read.
local function finish(capture)
  assert(capture:hand_over())
  for _ in capture:packets() do error "a packet was left to read" end
  equal(capture:ended(), true)
  capture:close()
end

function test.hand_over()
  live.with_rule(PORT, "group 6", function()
    local capture = assert(nflogcap.open { groups = { 5, 6 }, tap = "udp dport " .. PORT, hook = "output" })
    equal(table.concat(capture:groups(), " "), "5 6")
    equal(capture:tap_group(), 5)
    live.send(PORT, "0", "1", "2")
    for _ = 1, 6 do capture:next(LONG) end
    for group = 5, 6 do equal(capture:expected(group), 3) end
    local descriptors = handed_out(capture)
    finish(capture)
    live.send(PORT, "3", "4")
    local second = assert(nflogcap.adopt(descriptors, { snaplen = 96 }))
    equal(table.concat(second:groups(), " "), "5 6")
    equal(second:tap_group(), 5)
    for group = 5, 6 do equal(second:expected(group), 3) end
    live.send(PORT, "5")
    local said = { [5] = "", [6] = "" }
    for _ = 1, 6 do
      local packet = second:next(LONG)
      said[packet.group] = said[packet.group] .. ("%d:%s "):format(packet.seq, live.udp_payload(packet))
    end
    for group = 5, 6 do equal(said[group], "3:3 4:4 5:5 ") end
    equal(second:next(0), nil)
    equal(second:stats().lost, 0)
    assert(second:remove_taps())
    equal(second:tap_group(), nil)
    second:close()
    equal(live.bound_groups(), "")
  end)
end

function test.hand_over_process()
  live.with_rule(PORT, "group 5", function()
    local capture = assert(nflogcap.open(5))
    local descriptors = handed_out(capture)
    local program = ADOPTER:format(table.concat(descriptors, ", "), LONG, LONG)
    local said = live.said_by(program, LONG)
    equal(said:match "^%d+", tostring(EBUSY))
    local own = live.output "echo $PPID"
    if not said:find("process " .. own, 1, true) then error(said) end
    live.send(PORT, "here")
    equal(live.udp_payload(capture:next(LONG)), "here")
    finish(capture)
    live.send(PORT, "there", "too")
    equal(live.said_by(program, LONG), "there\ttoo\t0")
    close_all(descriptors)
    equal(live.bound_groups(), "")
  end)
end

function test.bad_descriptors()
  local capture = assert(nflogcap.open(5))
  local descriptors = handed_out(capture)
  local input = process.dup(0)
  for _, case in ipairs {
    { {}, "none of the descriptors has the state" },
    { { 1234 }, "descriptor 1234 is not open" },
    { { -1 }, "descriptor -1 is out of range" },
    { { 2 ^ 64 }, "descriptor is out of range" },
    { { "five" }, "descriptor must be an integer, not a string" },
    { { input }, "is not the shared memory of a capture" },
    { { descriptors[1], descriptors[2], input }, "is neither a netfilter socket" },
    { 5, "a table of descriptors, not a number" },
  } do
    refused(function() nflogcap.adopt(case[1]) end, case[2])
  end
  process.close(input)
  finish(capture)
  refused(function() nflogcap.adopt(descriptors, { groups = 7 }) end, "the groups 5 as one of the groups 7")
  refused(function() nflogcap.adopt(descriptors, { snaplne = 96 }) end, "snaplne", "snaplen")
  refused(function() nflogcap.adopt(descriptors, 7) end, "a table of options, not a number")
  local last
  live.with_rule(PORT, "group 5", function()
    local second = assert(nflogcap.adopt(descriptors))
    live.send(PORT, "as it was")
    equal(live.udp_payload(second:next(LONG)), "as it was")
    last = handed_out(second)
    second:stop()
    equal(second:next(), nil)
    second:close()
  end)
  equal(failed(function() return nflogcap.adopt(last) end, "it has ended").errno, ENODATA)
  close_all(last)
end

function test.expect()
  live.with_rule(PORT, "group 5", function()
    local function require_loss(capture, seq, lost)
      live.send(PORT, "x")
      local packet = capture:next(LONG)
      equal(packet.seq, seq)
      equal(packet.lost_before, lost)
      equal(capture:stats().lost, lost)
    end
    local capture = assert(nflogcap.open(5))
    live.send_count(PORT, 10)
    for _ = 1, 10 do capture:next(LONG) end
    for _, case in ipairs {
      { 7, 0, "group 7", "not captured" },
      { 65536, 0, "group 65536 is out of range" },
      { 5, -1, "seq -1 is out of range" },
      { 5, 2 ^ 32, "seq 4294967296 is out of range" },
    } do
      refused(function() capture:expect(case[1], case[2]) end, case[3], case[4])
    end
    refused(function() capture:expected(7) end, "not captured")
    assert(capture:expect(5, 6))
    local descriptors = handed_out(capture)
    finish(capture)
    local second = assert(nflogcap.adopt(descriptors))
    equal(second:expected(5), 6)
    second:expect(5, 8)
    require_loss(second, 10, 2)
    descriptors = handed_out(second)
    second:expect(5, 7)
    finish(second)
    local third = assert(nflogcap.adopt(descriptors))
    require_loss(third, 11, 4)
    third:close()
  end)
end

harness.run(arg)
