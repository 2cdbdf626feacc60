-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: waiting for packets, and ending a wait.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"

local unpack = table.unpack or unpack
local PORT, capturing, logged, numbered, test
  = harness.PORT, harness.capturing, harness.logged, harness.numbered, harness.test
local LONG, equal, refused = live.LONG, live.equal, live.refused

function test.timeout()
  capturing(5, function(capture)
    for _, timeout in ipairs { 0, 0.25 } do
      local before = live.now()
      equal(capture:next(timeout), nil)
      local took = live.now() - before
      if took < timeout or took > timeout + 5 then error("the wait took " .. took .. " seconds") end
    end
    refused(function() capture:next(-1) end, "timeout -1")
    refused(function() capture:next(0 / 0) end, "timeout")
    refused(function() capture:next "1" end, "not a string")
    equal(capture:ended(), false)
  end)
end

function test.wakeup()
  logged(5, "group 5", function(capture)
    capture:wakeup()
    capture:wakeup()
    equal(capture:next(LONG), nil)
    equal(capture:ended(), false)
    capture:wakeup()
    for _ in capture:packets() do error "a packet came, though nothing was sent" end
    live.send(PORT, "still there")
    equal(live.udp_payload(capture:next(LONG)), "still there")
  end)
end

function test.interrupt()
  -- The standalone interpreter handles SIGINT only once: it raises "interrupted!". Therefore each wait runs in a
  -- separate interpreter.
  for _, wait in ipairs { "capture:next()", "for _ in capture:packets() do end", "capture:read_batch()",
    "for _ in capture:batches() do end" } do
    local said = live.said_by(([[
      local capture = require "nflogcap".open(5)
      os.execute "(sleep 0.2; kill -INT $PPID) >/dev/null 2>&1 &"
      local done, why = pcall(function() %s end)
      print(done, (tostring(why):gsub("^.*: ", "")), capture:next(0), capture:ended())
    ]]):format(wait), 20)
    equal(said, "false\tinterrupted!\tnil\tfalse")
  end
end

function test.rejected_flood()
  local terms = {} -- each term matches no packet, and makes the filter slower
  for at = 16, 71 do
    for value = 1, 8 do terms[#terms + 1] = ("udp[%d] = %d"):format(at, value) end
  end
  local program = ([[
    local capture = require "nflogcap".open { groups = 5, filter = "%s" }
    while capture:stats().filtered < 10000 do capture:next(0.1) end
    local begun = os.time()
    print(capture:next(0), capture:next(0.2), os.time() - begun < 5)
    os.execute "(sleep 0.2; kill -INT $PPID) >/dev/null 2>&1 &"
    local done, why = pcall(function() capture:next(%d) end)
    print(done, (tostring(why):gsub("^.*: ", "")), os.time() - begun < 5)
  ]]):format(table.concat(terms, " or "), LONG)
  live.with_rule(PORT, "group 5", function()
    local flood = live.output(("%s %d --count 100000000 >/dev/null 2>&1 & echo $!")
      :format(os.getenv "NFLOGCAP_TEST_SEND_UDP", PORT))
    local said = live.said_by(program, 30)
    live.run("kill %s", flood)
    equal(said, "nil\tnil\ttrue\nfalse\tinterrupted!\ttrue")
  end)
end

function test.event_wait()
  local socket = require "socket"
  logged(5, "group 5", function(capture)
    local function readable(timeout) return #socket.select({ capture }, nil, timeout) == 1 end
    equal(readable(0), false)
    live.send(PORT, unpack(numbered(10)))
    for i = 1, 10 do -- all 10 packets arrive in one batch, and the library queues them
      equal(readable(LONG), true)
      equal(live.udp_payload(capture:next(0)), tostring(i))
    end
    equal(readable(0.05), false)
    capture:stop()
    equal(readable(LONG), true)
  end)
end

harness.run(arg)
