-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: the language's loop over packets.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"

local unpack = table.unpack or unpack
local PORT, logged, numbered, test = harness.PORT, harness.logged, harness.numbered, harness.test
local LONG, equal, raises = live.LONG, live.equal, live.raises

function test.iterate()
  logged(5, "group 5", function(capture)
    live.send(PORT, unpack(numbered(1000)))
    capture:stop()
    local count = 0
    for packet in capture:packets() do
      count = count + 1
      equal(live.udp_payload(packet), tostring(count))
    end
    equal(count, 1000)
    equal(capture:ended(), true)
    for _ in capture:packets() do error "a packet came after the end of the capture" end
  end)
end

function test.close_in_loop()
  -- Lua has no threads and no signal handlers, so that only the body of the loop can close the capture.
  logged(5, "group 5", function(capture)
    live.send(PORT, "first", "second")
    local taken = {}
    for packet in capture:packets() do
      taken[#taken + 1] = live.udp_payload(packet)
      capture:close()
    end
    equal(table.concat(taken, " "), "first")
  end)
end

function test.error_in_loop()
  logged(5, "group 5", function(capture)
    live.send(PORT, "first", "second")
    raises(function()
      for packet in capture:packets() do
        equal(live.udp_payload(packet), "first")
        error "mine"
      end
    end, "mine")
    equal(live.udp_payload(capture:next(LONG)), "second")
  end)
end

harness.run(arg)
