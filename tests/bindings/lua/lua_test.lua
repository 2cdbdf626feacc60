-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests of features that only Lua has: coroutines, to-be-closed variables and Lua's garbage collection.

package.path = arg[0]:gsub("[^/]*$", "") .. "?.lua;" .. package.path
local live = require "live"
local nflogcap = require "nflogcap"
local equal, refused = live.equal, live.refused

-- A coroutine can yield the packets of a loop over a capture.
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

-- A loop with a timeout ends if no packet arrives in time. Coroutines in an event loop need this.
live.with_rule(4900, "group 5", function()
  local capture = nflogcap.open(5)
  for _, loop in ipairs { capture.packets, capture.batches } do
    for _ in loop(capture, 0) do error "nothing was sent" end
    for _ in loop(capture, 0.01) do error "nothing was sent" end
    refused(function() loop(capture, -1) end, "timeout -1")
    refused(function() loop(capture, "1") end, "not a string")
  end
  live.send(4900, "a", "b", "c")
  local payloads = ""
  local reader = coroutine.wrap(function()
    repeat
      coroutine.yield()
      for packet in capture:packets(0) do payloads = payloads .. live.udp_payload(packet) end
    until #payloads == 3
    for _ in capture:batches(0) do error "a packet was left to read" end
    return "done"
  end)
  repeat until reader() == "done"
  equal(payloads, "abc")
  equal(capture:ended(), false)
  capture:close()
end)

-- A capture stays open while only its loop refers to it.
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
  -- An error that leaves the scope of a to-be-closed capture closes the capture.
  local scope = load [[
    local nflogcap, group = ...
    local capture <close> = nflogcap.open(group)
    error "mine"
  ]]
  equal(pcall(scope, nflogcap, 5), false)
  equal(live.bound_groups(), "")
end

-- An error object and a string can be concatenated, in both orders.
do
  local why = live.failed(function() return nflogcap.open { savefile = "/no/such/file" } end)
  equal("x: " .. why, "x: " .. why.message)
  equal(why .. "!", why.message .. "!")
  equal(why .. why, why.message:rep(2))
  equal(5 .. why, "5" .. why.message)
  equal(pcall(function() return {} .. why end), false)
  if _VERSION ~= "Lua 5.1" or jit then -- assert of Lua 5.1 accepts only strings
    equal(select(2, pcall(assert, nil, why)), why)
  end
end

-- Methods that have no other result return true.
do
  local capture, dump = assert(nflogcap.open(5)), assert(nflogcap.dump_open "/dev/null")
  for _, method in ipairs { "wakeup", "stop", "take_over", "set_filter", "close" } do
    equal(capture[method](capture), true)
  end
  for _, method in ipairs { "flush", "take_over", "close" } do equal(dump[method](dump), true) end
end

-- A child of fork() takes over the capture. After the child ended, the parent can use the capture again.
live.with_rule(4900, "group 5", function()
  local capture = assert(nflogcap.open(5))
  live.in_child(function()
    assert(capture:take_over())
    live.send(4900, "hello")
    equal(live.udp_payload(capture:next(live.LONG)), "hello")
  end)
  live.send(4900, "again")
  equal(live.udp_payload(capture:next(live.LONG)), "again")
  capture:close()
end)

-- If a savefile cannot grow, write, flush and close return the error, and a to-be-closed dump raises it.
live.with_rule(4900, "group 5", function()
  local capture, path = assert(nflogcap.open(5)), os.tmpname()
  live.send(4900, ("x"):rep(1000))
  local dump = assert(nflogcap.dump_open(path))
  assert(dump:write(capture:next(live.LONG)))
  assert(dump:close())
  capture:close()
  local said = live.said_by(([[
    local nflogcap = require "nflogcap"
    local packet = assert(nflogcap.open { savefile = "%s" }):next()
    local dump, why, done = assert(nflogcap.dump_open "%s.2")
    repeat done, why = dump:write(packet) until not done
    io.write(why.errno, " ", select(2, dump:flush()).errno, " ", select(2, dump:close()).errno, "\n")
    local scope = [=[
      local nflogcap, packet, path = ...
      local dump <close> = assert(nflogcap.dump_open(path))
      while dump:write(packet) do end
    ]=]
    if _VERSION == "Lua 5.4" then print(select(2, pcall(load(scope), nflogcap, packet, "%s.2")).errno) end
  ]]):format(path, path, path), 20, "trap '' XFSZ; ulimit -f 80;")
  os.remove(path)
  os.remove(path .. ".2")
  -- 27 is EFBIG.
  equal((said:gsub("%s+", " ")), _VERSION == "Lua 5.4" and "27 27 27 27" or "27 27 27")
end)

local function finalized(finalizer)
  if not newproxy then return setmetatable({}, { __gc = finalizer }) end
  local object = newproxy(true)
  getmetatable(object).__gc = finalizer
  return object
end

-- A finalizer may use a capture while Lua allocates memory for a packet of the same capture.
live.with_rule(4900, "group 5", function()
  local capture = assert(nflogcap.open(5))
  local sent = 4000
  for first = 1, sent, 40 do
    local payloads = {}
    for i = first, first + 39 do payloads[#payloads + 1] = ("%4d"):format(i):rep(i % 2 == 0 and 1 or 600) end
    live.send(4900, (table.unpack or unpack)(payloads))
  end
  capture:stop()
  -- The code outside next_packet() allocates almost nothing, so that the finalizers run inside next_packet().
  local packets, is_inside, inside = {}, false, 0
  local function take_some()
    if is_inside then inside = inside + 1 end
    for _ = 1, 300 do
      local packet = capture and capture:next(0) -- another finalizer may run inside next()
      if packet then packets[#packets + 1] = packet end
    end
  end
  collectgarbage()
  local pause = collectgarbage("setpause", 100) -- a new cycle of the collector then starts at once
  for _ = 1, 100 do finalized(take_some) end
  local next_packet = capture:packets()
  repeat
    is_inside = true
    local packet = next_packet()
    is_inside = false
    packets[#packets + 1] = packet
  until not packet
  equal(#packets, sent)
  local seen = {}
  for _, packet in ipairs(packets) do seen[tonumber(live.udp_payload(packet):sub(1, 4))] = true end
  for i = 1, sent do equal(seen[i], true) end
  collectgarbage("setpause", pause)
  if not jit then equal(inside > 0, true) end -- LuaJIT may run the finalizers later
  capture:close()
  capture = nil
end)

-- A finalizer may use a packet that the same collection frees, together with the packet's capture. It does not matter
-- which of them is freed first.
live.with_rule(4900, "group 5", function()
  local holder, name = {}, nil
  holder.finalizer = finalized((function(held)
    return function() name = held.packet.indev_name or "none" end
  end)(holder))
  local capture = assert(nflogcap.open(5))
  live.send(4900, "a")
  holder.packet = capture:next(live.LONG)
  capture:close()
  capture, holder = nil, nil
  collectgarbage()
  collectgarbage()
  equal(name == "lo" or name == "none", true)
end)

-- Our module and another SWIG module with classes of the same names work in one process, in either order of loading.
-- The build makes the other module for one version of Lua: this test does not run in other versions.
if package.cpath:find("tests/bindings/lua", 1, true) then
  for _, order in ipairs { { "other", "nflogcap" }, { "nflogcap", "other" } } do
    local said = live.said_by(([[
      require "%s"
      require "%s"
      local other, nflogcap = require "other", require "nflogcap"
      local capture = assert(nflogcap.open(5))
      local dump = assert(nflogcap.dump_open "/dev/null")
      local handle, theirs = other.Handle(), other.Dump()
      print(handle.number + handle:closed() + theirs.number == 17, capture:closed(), dump:closed())
      print(swig_type(handle), pcall(dump.write, dump, handle))
    ]]):format(order[1], order[2]), 20)
    equal(said, "true\tfalse\tfalse\nHandle *\tfalse\tpacket must be a packet")
  end
end

-- The module sets no global variable, and reads only the global variables of Lua itself.
do
  local said = live.said_by([[
    local before, loaded = {}, nil
    swig_type = "another module's"
    for name in pairs(_G) do before[name] = true end
    setmetatable(_G, {
      __index = function(_, name) error("reads the global " .. name) end,
      __newindex = function(_, name) error("sets the global " .. name) end,
    })
    local nflogcap = require "nflogcap"
    local capture = assert(nflogcap.open { groups = 5, delivery = "immediate", snaplen = 96 })
    pcall(nflogcap.open, { groups = "x" })
    nflogcap.open(5)
    pcall(nflogcap.open, "x")
    capture:next(0)
    capture:read_batch(0)
    tostring(capture:stats())
    tostring(capture)
    capture:stop()
    for packet in capture:packets() do end
    for batch in capture:batches() do end
    local dump = assert(nflogcap.dump_open "/dev/null")
    pcall(dump.write, dump, 5)
    dump:close()
    capture:close()
    for name in pairs(_G) do
      if not before[name] then print("there is a global " .. name) end
    end
    print(swig_type)
  ]], 20)
  equal(said, "another module's")
end

-- A program cannot reach the finalizer of a packet, and therefore cannot free the packet twice.
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

-- A method refuses a receiver that is not a capture.
local unused = nflogcap.open(5)
refused(function() unused.next(5) end, "colon")
refused(function() unused.close() end, "colon")
unused:close()
refused(function() nflogcap.open() end, "not a nil")

-- Methods refuse values of other types as receivers and as arguments, also a userdata of another library.
live.with_rule(4900, "group 5", function()
  local capture, dump = nflogcap.open(5), nflogcap.dump_open "/dev/null"
  live.send(4900, "a")
  local packet = capture:next(live.LONG)
  live.send(4900, "b")
  local batch = capture:read_batch(live.LONG)
  local methods = {
    [packet] = { "frame", "attribute", "to_json", "to_table" },
    [batch] = { "payloads", "column" },
    [capture] = { "packets", "batches", "next", "read_batch", "fd", "getfd", "set_filter", "stats", "group_stats", "add_group",
      "remove_group", "add_tap", "remove_tap", "remove_taps", "tap_group", "groups", "descriptors", "hand_over", "expect", "expected",
      "wakeup", "stop", "take_over", "close", "closed", "ended" },
    [dump] = { "write", "flush", "take_over", "close", "closed", "position", "written" },
  }
  local values = { io.stdout, print, coroutine.create(function() end), 5, "x", {}, true,
    setmetatable({}, { __index = packet }), packet, batch, capture, dump }
  for object, names in pairs(methods) do
    for _, name in ipairs(names) do
      for _, value in ipairs(values) do
        if value ~= object then refused(function() object[name](value) end, "with a colon") end
      end
      refused(function() object[name]() end, "with a colon")
    end
  end
  for _, value in ipairs(values) do
    if value ~= packet then refused(function() dump:write(value) end, "packet must be a packet") end
    if type(value) ~= "number" then
      refused(function() packet:attribute(value) end, "type must be an integer")
      refused(function() capture:group_stats(value) end, "group must be an integer")
    end
    if type(value) ~= "string" then
      refused(function() capture:set_filter(value) end, "filter must be a string")
      refused(function() nflogcap.dump_open(value) end, "path must be a string")
    end
  end
  refused(function() dump:write() end, "packet must be a packet")
  equal(dump:written(), 0)
  capture:close()
  dump:close()
end)

-- Ctrl-C ends a write that waits for a full pipe.
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
    os.exit(0) -- without writing the remaining packets
  ]]):format(path, path), 20)
  live.run("kill %s", reader)
  os.remove(path)
  os.remove(path .. ".pipe")
  equal(said, "false\tinterrupted!")
end)

-- Lua's collector counts only a few bytes for each batch, although a batch is large. With much other data in memory,
-- the collector would wait until memory has doubled. The module must make Lua free batches earlier.
live.with_rule(4900, "group 5", function()
  local capture = nflogcap.open(5)
  local ballast = {}
  for i = 1, 25 do ballast[i] = ("%4d"):format(i):rep(256 * 1024) end
  collectgarbage()
  local function resident()
    local status = assert(io.open "/proc/self/status")
    local kilobytes = status:read("*a"):match "VmRSS:%s*(%d+)"
    status:close()
    return tonumber(kilobytes)
  end
  local before, most = resident(), 0
  for _ = 1, 50 do
    live.send_count(4900, 10000)
    local left = 10000
    while left > 0 do left = left - #capture:read_batch(live.LONG) end
    most = math.max(most, resident())
  end
  equal(#ballast, 25)
  -- All batches together take about 250 MiB. A collector without generations waits until the ballast has doubled.
  if most - before > 80 * 1024 then error(("memory grew by %.0f KiB"):format(most - before)) end
  capture:close()
end)
print "ok"
