-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: batches.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"
local nflogcap = require "nflogcap"

local unpack = table.unpack or unpack
local PORT, logged, numbered, test = harness.PORT, harness.logged, harness.numbered, harness.test
local LONG, equal, refused = live.LONG, live.equal, live.refused

local function sum_of_sizes(batches)
  local sum = 0
  for batch in batches do sum = sum + #batch end
  return sum
end

function test.batch()
  logged({ groups = 5, flush_timeout = 3600000 }, 'prefix "many: " group 5', function(capture)
    equal(capture:read_batch(0), nil)
    live.send(PORT, unpack(numbered(100)))
    capture:stop()
    local batch = capture:read_batch(LONG)
    equal(#batch, 100)
    equal(tostring(batch), "<nflogcap.Batch: 100 packets>")
    for i = 1, 100 do equal(live.udp_payload(batch[i]), tostring(i)) end
    for _, none in ipairs { 0, 101, -1, 1.5, 2 ^ 53, "x" } do equal(batch[none], nil) end
    for _, name in ipairs(live.names_of(batch[1])) do
      local column = batch:column(name)
      equal(#column, 100)
      for i = 1, 100 do
        if name ~= "vlan_ids" then equal(column[i], batch[i][name]) end
      end
    end
    local payloads = batch:payloads()
    equal(#payloads, 100)
    equal(payloads[7], batch[7].payload)
    equal(#batch:column "uid", 100)
    equal(batch:column("uid")[1], false)
    refused(function() batch:column "marc" end, "no field 'marc'; did you mean 'mark'?")
    refused(function() batch:column() end, "no field")
    refused(function() batch.payloads(capture) end, "with a colon")
    refused(function() batch.column(io.stdout, "mark") end, "with a colon")
    equal(capture:read_batch(), nil)
    equal(capture:ended(), true)
    capture:close()
    refused(function() capture:read_batch() end, "the capture is closed")
    collectgarbage()
    collectgarbage()
    equal(batch[100].indev_name, "lo")
  end, { before = "meta mark set 7" })
end

function test.loop_of_batches()
  logged(5, "group 5", function(capture)
    live.send_count(PORT, 1000)
    capture:stop()
    equal(sum_of_sizes(capture:batches()), 1000)
    equal(sum_of_sizes(capture:batches()), 0)
    capture:close()
    refused(function() capture:batches() end, "the capture is closed")
  end)
  logged(5, "group 5", function(capture)
    capture:wakeup()
    equal(sum_of_sizes(capture:batches()), 0)
    live.send(PORT, "x")
    for batch in capture:batches() do
      equal(#batch, 1)
      capture:close()
    end
  end)
end

harness.run(arg)
