-- SPDX-License-Identifier: GPL-2.0-or-later
--- What only Lua has: coroutines, to-be-closed variables, collection.

package.path = arg[0]:gsub("[^/]*$", "") .. "?.lua;" .. package.path
local live = require "live"
local nflogcap = require "nflogcap"
local equal, refused = live.equal, live.refused

-- Packets of a capture handed on by a coroutine that yields from the loop.
live.with_rule(4900, "group 5", function()
  local capture = nflogcap.open(5)
  live.send(4900, "a", "b", "c")
  capture:stop()
  local payloads = ""
  for payload in coroutine.wrap(function()
    for packet in capture:packets() do coroutine.yield(live.udp_payload(packet)) end
  end) do
    payloads = payloads .. payload
  end
  equal(payloads, "abc")
  capture:close()
end)

-- A capture that only its loop refers to stays open.
live.with_rule(4900, "group 5", function()
  local next_packet = nflogcap.open(5):packets()
  collectgarbage()
  collectgarbage()
  equal(live.bound_groups(), "5")
  live.send(4900, "a")
  equal(live.udp_payload(next_packet()), "a")
end)
collectgarbage()
collectgarbage()

if _VERSION == "Lua 5.4" then
  -- An error in its scope closes a to-be-closed capture.
  local scope = load [[
    local nflogcap, group = ...
    local capture <close> = nflogcap.open(group)
    error "mine"
  ]]
  equal(pcall(scope, nflogcap, 5), false)
  equal(live.bound_groups(), "")
end

-- What stands behind a packet cannot be reached, and so not be freed twice.
collectgarbage()
collectgarbage()
live.with_rule(4900, "group 5", function()
  local capture = nflogcap.open(5)
  live.send(4900, "a")
  local packet = capture:next(live.LONG)
  equal(getmetatable(packet), "nflogcap.Packet")
  refused(function() return packet.__gc end, "no field '__gc'")
  equal(pcall(setmetatable, packet, {}), false)
  capture:close()
end)

-- Methods called on what is no capture.
local unused = nflogcap.open(5)
refused(function() unused.next(5) end, "colon")
refused(function() unused.close() end, "colon")
unused:close()
refused(function() nflogcap.open() end, "not a nil")

-- A userdata of another library is neither a packet nor anything else of this one, and no other value is.
live.with_rule(4900, "group 5", function()
  local capture, dump = nflogcap.open(5), nflogcap.dump_open "/dev/null"
  live.send(4900, "a")
  local packet = capture:next(live.LONG)
  local methods = {
    [packet] = { "frame", "attribute", "to_json" },
    [capture] = { "packets", "next", "fd", "getfd", "set_filter", "stats", "group_stats", "tap_group",
      "wakeup", "stop", "take_over", "close", "closed", "ended" },
    [dump] = { "write", "flush", "take_over", "close", "closed", "position", "written" },
  }
  local values = { io.stdout, print, coroutine.create(print), 5, "x", {}, true,
    setmetatable({}, { __index = packet }), packet, capture, dump }
  for object, names in pairs(methods) do
    for _, name in ipairs(names) do
      for _, value in ipairs(values) do
        if value ~= object then refused(function() object[name](value) end, "with a colon") end
      end
      refused(function() object[name]() end, "with a colon")
    end
  end
  for _, value in ipairs(values) do
    if value ~= packet then refused(function() dump:write(value) end, "packet is a packet") end
    if type(value) ~= "number" then
      refused(function() packet:attribute(value) end, "type must be an integer")
      refused(function() capture:group_stats(value) end, "group must be an integer")
    end
    if type(value) ~= "string" then
      refused(function() capture:set_filter(value) end, "filter must be a string")
      refused(function() nflogcap.dump_open(value) end, "path must be a string")
    end
  end
  refused(function() dump:write() end, "packet is a packet")
  equal(dump:written(), 0)
  capture:close()
  dump:close()
end)

-- Ctrl-C ends the wait for a full pipe, as it ends that for a packet.
live.with_rule(4900, "group 5", function()
  local capture = nflogcap.open(5)
  live.send(4900, ("x"):rep(1000))
  local path = os.tmpname()
  local dump = nflogcap.dump_open(path)
  dump:write(capture:next(live.LONG))
  dump:close()
  capture:close()
  live.run("mkfifo %s.pipe", path)
  local reader = live.output(("(exec >/dev/null 2>&1; exec sleep 60 <%s.pipe) & echo $!"):format(path))
  local said = live.said_by(([[
    local nflogcap = require "nflogcap"
    local packet = nflogcap.open { savefile = "%s" }:next()
    local dump = nflogcap.dump_open "%s.pipe"
    os.execute "(sleep 0.2; kill -INT $PPID) >/dev/null 2>&1 &"
    local done, why = pcall(function() while true do dump:write(packet) end end)
    print(done, (tostring(why):gsub("^.*: ", "")))
    os.exit(0) -- without the packets that are left
  ]]):format(path, path), 20)
  live.run("kill %s", reader)
  os.remove(path)
  os.remove(path .. ".pipe")
  equal(said, "false\tinterrupted!")
end)

-- Packets are collected although Lua sees but a few bytes of each, and has much else, which would
-- let it wait until it holds twice as much.
live.with_rule(4900, "group 5", function()
  local capture = nflogcap.open(5)
  local ballast = {}
  for i = 1, 25 do ballast[i] = ("%4d"):format(i):rep(256 * 1024) end
  collectgarbage()
  local before, most = collectgarbage "count", 0
  for _ = 1, 20 do
    live.send_count(4900, 10000)
    for _ = 1, 10000 do capture:next(live.LONG) end
    most = math.max(most, collectgarbage "count")
  end
  equal(#ballast, 25)
  -- What Lua sees of them all is 15 MiB, and the packets themselves are many times that.
  if most - before > 6 * 1024 then error(("it grew by %.0f KiB"):format(most - before)) end
  capture:close()
end)
print "ok"
