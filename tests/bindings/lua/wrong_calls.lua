-- SPDX-License-Identifier: GPL-2.0-or-later
--- What is wrong in every language alike is refused by Lua's errors, and no call does harm.

local directory = arg[0]:gsub("[^/]*$", "")
package.path = directory .. "?.lua;" .. package.path
local live = require "live"
local nflogcap = require "nflogcap"
local equal = live.equal
local load = loadstring or load
local unpack = table.unpack or unpack

local EINVAL, ERANGE, EEXIST, ENOENT, EBADF = 22, 34, 17, 2, 9
local ERRNOS = {
  type = EINVAL, value = EINVAL, range = ERANGE, name = EINVAL, exists = EEXIST, missing = ENOENT, closed = EBADF,
  nothing = EBADF,
}
local NAMES = { fileno = "fd" } -- of methods whose name is another in Lua

--- JSON of numbers, strings, lists and objects as a table.
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

--- Calls of the table: who, the method, its arguments, their names if they have any, the kind and a word.
local function calls()
  local all = {}
  for line in io.lines(directory .. "../wrong_calls.txt") do
    local who, method, json, kind, word = line:match "^([%w_]+)%s+([%w_]+)%s+(.-)%s+(%w+)%s+(%S+)$"
    if who then
      local arguments = decoded(json)
      all[#all + 1] = {
        who = who, method = NAMES[method] or method, json = json, arguments = arguments, kind = kind, word = word,
        names = json:sub(1, 1) == "{" and sorted_keys(arguments),
      }
    end
  end
  return all
end

local function receivers()
  local of = {
    module = nflogcap,
    capture = nflogcap.open(5),
    dump = nflogcap.dump_open "/dev/null",
    closed = nflogcap.open(7),
    closed_dump = nflogcap.dump_open "/dev/null",
  }
  of.closed:close()
  of.closed_dump:close()
  live.with_rule(4900, "group 5", function()
    live.send(4900, "one", "two")
    of.packet = of.capture:next(live.LONG)
    of.batch = of.capture:read_batch(live.LONG)
  end)
  return of
end

local function make(of, who, method, ...)
  local receiver = of[who]
  if who == "module" then return receiver[method](...) end
  return receiver[method](receiver, ...)
end

-- Each wrong call is refused by its error.
do
  local of = receivers()
  local all, failures = calls(), {}
  if #all <= 50 then error "the table was not read" end
  for _, call in ipairs(all) do
    local function made()
      if call.names then return make(of, call.who, call.method, call.arguments) end
      return make(of, call.who, call.method, unpack(call.arguments))
    end
    local done, why = pcall(function()
      local failure = call.kind == "missing" and live.failed or live.refused -- the system's failure is returned
      equal(failure(made, call.word).errno, ERRNOS[call.kind])
    end)
    if not done then
      failures[#failures + 1] = ("%s %s %s: %s"):format(call.who, call.method, call.json, tostring(why))
    end
  end
  of.capture:close()
  if #failures > 0 then error(table.concat(failures, "\n"), 0) end
end

-- No call at random does harm.
do
  local of = receivers()
  local none = {} -- a nil
  local odd = {
    none, true, -1, 0, 5, 2 ^ 64, -2 ^ 80, 1.5, 0 / 0, math.huge, "", "5", "udp", "\0", ("\255"):rep(300), {}, { 5, 6 },
    { [3] = 5 }, io.stdout, print, coroutine.create(function() end),
  }
  for _, name in ipairs(sorted_keys(of)) do odd[#odd + 1] = of[name] end
  local function choose(list) return list[math.random(#list)] end
  local function odd_value()
    local value = choose(odd)
    if value == none then return nil end
    return value
  end
  local function changed(value)
    if math.random() < 0.5 then return odd_value() end
    return value
  end
  local all = calls()
  local path = os.tmpname() -- for files of odd names
  local outcomes, kinds = {}, 0
  local kilobytes = {}
  if jit then jit.off() end -- its traces would be counted too
  for round = 1, 2 do
    math.randomseed(1)
    for _ = 1, 10000 do
      local call = choose(all)
      local arguments, count = {}, #call.arguments
      if call.names then
        count = 1
        arguments[1] = {}
        for _, name in ipairs(call.names) do arguments[1][name] = changed(call.arguments[name]) end
      else
        for i = 1, count do arguments[i] = changed(call.arguments[i]) end
      end
      if math.random() < 0.2 then
        arguments[count + 1], arguments[count + 2] = odd_value(), odd_value()
        count = count + 2
      end
      if call.method == "dump_open" and type(arguments[1]) == "string" then
        arguments[1] = path .. arguments[1]
      elseif call.method == "next" or call.method == "read_batch" then -- never for long
        local timeout = arguments[1]
        if timeout == nil or type(timeout) == "number" and timeout > 0 then
          arguments[1], count = 0, math.max(count, 1)
        end
      end
      local done, result, why = pcall(make, of, call.who, call.method, unpack(arguments, 1, count))
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
    collectgarbage()
    collectgarbage()
    kilobytes[round] = collectgarbage "count"
  end
  if kilobytes[2] - kilobytes[1] > 4 then error("it grew from " .. table.concat(kilobytes, " KiB to ") .. " KiB") end
  os.execute(("rm -f '%s'*"):format(path))
  if kinds <= 3 then error("only " .. kinds .. " outcomes") end
  of.capture:close()
  equal(live.bound_groups(), "")
end
print "ok"
