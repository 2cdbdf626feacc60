-- SPDX-License-Identifier: GPL-2.0-or-later
--- Calls that are wrong in every language fail with an error of the module, and no call does harm.

local directory = arg[0]:gsub("[^/]*$", "")
package.path = directory .. "?.lua;" .. package.path
local live = require "live"
local nflogcap = require "nflogcap"
local equal = live.equal
local load = loadstring or load
local unpack = table.unpack or unpack

local EINVAL, ERANGE, EEXIST, ENOENT, EBADF, ECHILD = 22, 34, 17, 2, 9, 10
local ERRNOS = {
  type = EINVAL, value = EINVAL, range = ERANGE, name = EINVAL, exists = EEXIST, missing = ENOENT, closed = EBADF,
  nothing = EBADF, process = ECHILD,
}
local NOT_HERE = "^elsewhere" -- an object cannot leave its Lua state
local NAMES = { fileno = "fd" } -- methods with a different name in Lua

--- Converts JSON that has numbers, strings, lists and objects to a table.
local function decoded(json)
  local constructor = json:gsub("%[", "{"):gsub("%]", "}"):gsub('("[^"]*")%s*:', "[%1]=")
  return assert(load("return " .. constructor))()
end

local function sorted_keys(values)
  local keys = {}
  for key in pairs(values) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

--- Returns the calls of wrong_calls.txt: who (the receiver), the method, its arguments, their names if they have any,
-- the kind and a word.
local function calls(packet)
  local all = {}
  for line in io.lines(directory .. "../wrong_calls.txt") do
    local who, method, json, kind, word = line:match "^([%w_]+)%s+([%w_]+)%s+(.-)%s+(%w+)%s+(%S+)$"
    if who then
      local arguments = decoded(json)
      if arguments[1] == "@packet" then arguments = { packet } end
      all[#all + 1] = {
        who = who, method = NAMES[method] or method, json = json, arguments = arguments, kind = kind, word = word,
        names = json:sub(1, 1) == "{" and sorted_keys(arguments),
      }
    end
  end
  return all
end

--- Returns the receivers in this process. The dump writes to the path.
local function receivers(path)
  local here = {
    module = nflogcap,
    capture = assert(nflogcap.open(5)),
    dump = assert(nflogcap.dump_open(path)),
    closed = assert(nflogcap.open(7)),
    closed_dump = assert(nflogcap.dump_open "/dev/null"),
  }
  here.closed:close()
  here.closed_dump:close()
  live.with_rule(4900, "group 5", function()
    live.send(4900, "one", "two")
    here.packet = here.capture:next(live.LONG)
    here.batch = here.capture:read_batch(live.LONG)
  end)
  return here
end

local function inherited(here)
  return { inherited = here.capture, inherited_dump = here.dump }
end

--- Returns the calls that have one of these receivers.
local function calls_of(of, all)
  local theirs = {}
  for _, call in ipairs(all) do
    if of[call.who] then theirs[#theirs + 1] = call end
  end
  return theirs
end

local function make(of, who, method, ...)
  local receiver = of[who]
  if receiver == nflogcap then return receiver[method](...) end
  return receiver[method](receiver, ...)
end

local function require_refusals(of, all)
  local failures = {}
  for _, call in ipairs(calls_of(of, all)) do
    local function made()
      if call.names then return make(of, call.who, call.method, call.arguments) end
      return make(of, call.who, call.method, unpack(call.arguments))
    end
    local done, why = pcall(function()
      local failure = call.kind == "missing" and live.failed or live.refused -- errors of the system are returned
      equal(failure(made, call.word).errno, ERRNOS[call.kind])
    end)
    if not done then
      failures[#failures + 1] = ("%s %s %s: %s"):format(call.who, call.method, call.json, tostring(why))
    end
  end
  if #failures > 0 then error(table.concat(failures, "\n"), 0) end
end

-- Each wrong call fails with the error that wrong_calls.txt gives.
do
  local here = receivers "/dev/null"
  local theirs, all = inherited(here), calls(here.packet)
  if #all <= 50 then error "the table was not read" end
  for _, call in ipairs(all) do
    local who = call.who
    if not here[who] and not theirs[who] and not who:find(NOT_HERE) then error("unknown receiver: " .. who) end
  end
  require_refusals(here, all)
  live.in_child(function() require_refusals(theirs, all) end)
  here.capture:close()
end

local odd_of_all = {
  true, -1, 0, 5, 2 ^ 64, -2 ^ 80, 1.5, 0 / 0, math.huge, "", "5", "udp", "\0", ("\255"):rep(300), {}, { 5, 6 },
  { [3] = 5 }, io.stdout, print, coroutine.create(function() end),
}

--- Makes calls that are chosen at random, in which odd values or nil replace some arguments. The names of files that
-- the calls create begin with the path. Returns the set of outcomes (error numbers, and "returned"), and its size.
local function call_at_random(of, odd, count, all, path)
  math.randomseed(1)
  local function choose(list) return list[math.random(#list)] end
  local function odd_value() return odd[math.random(0, #odd)] end
  local function changed(value)
    if math.random() < 0.5 then return odd_value() end
    return value
  end
  local theirs, outcomes, kinds = calls_of(of, all), {}, 0
  for _ = 1, count do
    local call = choose(theirs)
    local arguments, given = {}, #call.arguments
    if call.names then
      given = 1
      arguments[1] = {}
      for _, name in ipairs(call.names) do arguments[1][name] = changed(call.arguments[name]) end
    else
      for i = 1, given do arguments[i] = changed(call.arguments[i]) end
    end
    if math.random() < 0.2 then
      arguments[given + 1], arguments[given + 2] = odd_value(), odd_value()
      given = given + 2
    end
    if call.method == "dump_open" and type(arguments[1]) == "string" then
      arguments[1] = path .. arguments[1]
    elseif call.method == "next" or call.method == "read_batch" then -- a long wait would delay the test
      local timeout = arguments[1]
      if timeout == nil or type(timeout) == "number" and timeout > 0 then
        arguments[1], given = 0, math.max(given, 1)
      end
    end
    local done, result, why = pcall(make, of, call.who, call.method, unpack(arguments, 1, given))
    if done and why == nil then
      why = "returned"
      if call.method == "open" or call.method == "dump_open" then result:close() end
    else
      if not done then why = result end
      why = type(why) == "table" and why.errno or error(("%s %s: %s"):format(call.who, call.method, tostring(why)), 0)
    end
    if not outcomes[why] then kinds = kinds + 1 end
    outcomes[why] = true
  end
  return outcomes, kinds
end

-- No random call does harm.
do
  local here = receivers "/dev/null"
  local odd = { unpack(odd_of_all) }
  for _, name in ipairs(sorted_keys(here)) do odd[#odd + 1] = here[name] end
  local all, path = calls(here.packet), os.tmpname()
  local kinds
  local kilobytes = {}
  if jit then jit.off() end -- its compiled traces would be counted as memory
  for round = 1, 2 do
    kinds = select(2, call_at_random(here, odd, 10000, all, path))
    collectgarbage()
    collectgarbage()
    kilobytes[round] = collectgarbage "count"
  end
  if kilobytes[2] - kilobytes[1] > 4 then
    error("memory grew from " .. table.concat(kilobytes, " KiB to ") .. " KiB")
  end
  os.execute(("rm -f '%s'*"):format(path))
  if kinds <= 3 then error("only " .. kinds .. " outcomes") end
  here.capture:close()
  equal(live.bound_groups(), "")
end

-- No call in a child of fork() does harm to the parent.
do
  local path = os.tmpname()
  local here = receivers(path)
  local capture, dump, packet = here.capture, here.dump, here.packet
  live.with_rule(4900, "group 5", function()
    live.send(4900, "three", "four")
    equal(live.udp_payload(capture:next(live.LONG)), "three")
    assert(dump:write(packet))
    live.in_child(function()
      local outcomes = call_at_random(inherited(here), odd_of_all, 1000, calls(packet))
      if outcomes.returned or not outcomes[ECHILD] then error "a call was not refused" end
      assert(capture:close())
      assert(dump:close())
    end)
    live.send(4900, "five")
    equal(live.udp_payload(capture:next(live.LONG)), "four")
    equal(live.udp_payload(capture:next(live.LONG)), "five")
    assert(dump:write(packet))
    assert(dump:flush())
    local file = assert(io.open(path))
    equal(dump:written(), 2)
    equal(dump:position(), file:seek "end")
    file:close()
  end)
  capture:close()
  os.remove(path)
end
print "ok"
