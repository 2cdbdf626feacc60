-- SPDX-License-Identifier: GPL-2.0-or-later
-- Helpers for the tests: firewall rules, traffic and assertions.

local live = { LONG = 120 }

local nft = os.getenv "NFLOGCAP_TEST_NFT"
local send_udp = os.getenv "NFLOGCAP_TEST_SEND_UDP"

function live.run(command, ...)
  command = command:format(...)
  local done = os.execute(command)
  if done ~= true and done ~= 0 then error("failed: " .. command, 2) end
end

--- Returns what the command prints, without the newline at the end.
function live.output(command)
  local pipe = assert(io.popen(command))
  local said = pipe:read "*a"
  pipe:close()
  return (said:gsub("\n$", ""))
end

--- Runs a Lua program in a separate interpreter for at most this number of seconds, and returns what it
-- prints. `before` contains shell commands that run first.
function live.said_by(program, seconds, before)
  local i = 0
  while arg[i - 1] do i = i - 1 end
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(program)
  file:close()
  local said = live.output(("%s exec timeout %d %s %s 2>&1"):format(before or "", seconds, arg[i], path))
  os.remove(path)
  return said
end

function live.nft(rules)
  local file = os.tmpname()
  local out = assert(io.open(file, "wb"))
  out:write(rules)
  out:close()
  live.run("%s -f %s", nft, file)
  os.remove(file)
end

--- Runs the function while a rule logs and drops UDP packets to the port. `log` contains the options of
-- nft's log statement.
function live.with_rule(port, log, body, how)
  how = how or {}
  live.nft(("table inet udp%d { chain logged { type filter hook %s priority 0; udp dport %d %s log %s drop; }; }\n")
    :format(port, how.hook or "prerouting", port, how.before or "", log))
  local done, why = pcall(body)
  live.nft(("delete table inet udp%d\n"):format(port))
  if not done then error(why, 0) end
end

function live.hex(text)
  if text == "" then return "-" end
  return (text:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

--- Sends each payload to lo in a separate datagram.
function live.send(port, ...)
  local words = {}
  for i, payload in ipairs { ... } do words[i] = live.hex(payload) end
  live.run("%s %d %s", send_udp, port, table.concat(words, " "))
end

function live.send_and_ignore_refusal(port, payload)
  os.execute(("%s %d %s 2>/dev/null"):format(send_udp, port, live.hex(payload)))
end

function live.send_count(port, count)
  live.run("%s %d --count %d", send_udp, port, count)
end

function live.udp_payload(packet)
  return packet.payload:sub(29)
end

function live.now()
  return tonumber(live.output "date +%s.%N")
end

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value) end
  return tostring(value)
end

function live.equal(is, should)
  if is ~= should or (math.type and math.type(is) ~= math.type(should)) then
    error(("%s is not %s"):format(shown(is), shown(should)), 2)
  end
end

--- Returns the error that the function raises. Fails if it raises none, or if one of the words is not in the error.
function live.raises(body, ...)
  local done, why = pcall(body)
  if done then error("nothing was raised", 2) end
  for _, words in ipairs { ... } do
    if not tostring(why):find(words, 1, true) then
      error(("%s is not in %s"):format(words, tostring(why)), 2)
    end
  end
  return why
end

local function require_error(why)
  if type(why) ~= "table" or math.floor(why.errno) ~= why.errno then
    error("not an error object: " .. tostring(why), 3)
  end
  live.equal(tostring(why), why.message)
  return why
end

--- Like raises(), but requires an error of nflogcap: an object with an errno.
function live.refused(body, ...)
  return require_error(live.raises(body, ...))
end

--- Returns the error object that the function returns after nil. Fails like raises().
function live.failed(body, ...)
  local result, why = body()
  live.equal(result, nil)
  live.raises(function() error(why, 0) end, ...)
  return require_error(why)
end

--- Runs the function in a child of fork(). Raises an error if the function fails there.
function live.in_child(body)
  local process = require "process"
  local child = process.fork()
  if child == 0 then
    local done, why = pcall(body)
    if not done then io.stderr:write(tostring(why), "\n") end
    process.exit(done and 0 or 1)
  end
  if process.wait(child) ~= 0 then error("the child failed", 2) end
end

--- Returns the names of the fields that the packet has.
function live.names_of(packet)
  local names = {}
  for name in pairs(packet:to_table()) do names[#names + 1] = name end
  return names
end

function live.bound_groups()
  local groups = {}
  for line in io.lines "/proc/self/net/netfilter/nfnetlink_log" do
    groups[#groups + 1] = line:match "^%s*(%d+)"
  end
  return table.concat(groups, " ")
end

return live
