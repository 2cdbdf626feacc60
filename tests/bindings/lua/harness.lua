-- SPDX-License-Identifier: GPL-2.0-or-later
--- Functions that the tests of the behaviours share: they name and run tests, and capture packets.

local live = require "live"
local nflogcap = require "nflogcap"

local equal, LONG = live.equal, live.LONG
local harness = { PORT = 4900 }
local PORT = harness.PORT

local tests, names = {}, {}

--- A function that is assigned to a field of this table becomes a test with the name of the field.
harness.test = setmetatable({}, {
  __newindex = function(_, name, body)
    names[#names + 1] = name
    tests[name] = body
  end,
})

--- Opens a capture and calls the function with it. Closes the capture even if the function fails.
function harness.capturing(options, body)
  local capture = nflogcap.open(options)
  local done, why = pcall(body, capture)
  capture:close()
  if not done then error(why, 0) end
end

function harness.logged(options, log, body, how)
  live.with_rule(PORT, log, function() harness.capturing(options, body) end, how)
end

function harness.numbered(count)
  local payloads = {}
  for i = 1, count do payloads[i] = tostring(i) end
  return payloads
end

function harness.logged_packet(log, payload)
  local packet
  harness.logged(5, log or "group 5", function(capture)
    live.send(PORT, payload or "x")
    packet = capture:next(LONG)
  end)
  return packet
end

--- Captures one packet from each group and writes the packets to a savefile. Calls the function with the path
-- of the savefile and with the packets.
function harness.recorded(groups, body)
  local packets = {}
  for _, group in ipairs(groups) do
    harness.logged({ groups = group }, ('prefix "kept: " group %d'):format(group), function(capture)
      live.send(PORT, ("x"):rep(100))
      packets[#packets + 1] = capture:next(LONG)
    end)
  end
  local path = os.tmpname()
  local dump = nflogcap.dump_open(path)
  equal(tostring(dump), "<nflogcap.Dump: open>")
  for _, packet in ipairs(packets) do dump:write(packet) end
  equal(dump:written(), 0)
  dump:flush()
  equal(dump:written(), #packets)
  local file = assert(io.open(path, "rb"))
  equal(dump:position(), file:seek "end")
  file:close()
  dump:close()
  local done, why = pcall(body, path, packets)
  os.remove(path)
  if not done then error(why, 0) end
end

--- Runs the tests with these names, and prints the results that ../behaviours reads.
function harness.run(asked)
  if asked[1] == "--list" then
    print(table.concat(names, "\n"))
    os.exit(0)
  end
  local failed = false
  for i = 1, #asked do
    local done, why = pcall(tests[asked[i]])
    failed = failed or not done
    print(done and "ok " .. asked[i]
      or ("not ok %s: %s"):format(asked[i], (tostring(why):gsub("\n", " "))))
    io.stdout:flush()
  end
  os.exit(failed and 1 or 0)
end

return harness
