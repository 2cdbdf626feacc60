-- SPDX-License-Identifier: GPL-2.0-or-later
--- The packets that Linux netfilter logs to user space through NFLOG.
--
--     local nflogcap = require "nflogcap"
--     local capture = nflogcap.open { groups = { 5 }, snaplen = 96 }
--     for packet in capture:packets() do print(packet.prefix, #packet.payload) end
--     capture:close()
--
-- Errors are objects with the fields `message` and `errno`, and tostring gives the message. A field
-- of a packet that the kernel did not send is nil. Capturing needs CAP_NET_ADMIN in the network
-- namespace.

local core = require "nflogcap.core"

local nflogcap = {
  version = core.nflogcap_version(),
}

-- The names of the C ABI's setters.
local OPTIONS = {
  "snaplen", "delivery", "queue_threshold", "flush_timeout", "batch_size", "socket_buffer",
  "conntrack", "netns", "savefile", "filter",
}

local COUNTERS = {
  "received", "delivered", "filtered", "lost", "dropped_batches",
  "unaccounted_batches", "truncated", "malformed", "batches", "bytes", "socket_buffer", "delivery",
  "socket_buffer_used",
}

-- Ways of delivery, and the bits of a packet's `present` (HAS_*).
local integer = math.tointeger or function(number) return number end
for name, value in pairs(core) do
  if type(name) == "string" and name:match("^[A-Z][A-Z0-9_]*$") and type(value) == "number" then
    nflogcap[name] = integer(value)
  end
end

local function refuse(...)
  core.refuse(string.format(...))
end

-- How many characters to insert, delete or change to make one name of the other.
local function distance(one, other)
  local before = {}
  for j = 0, #other do before[j] = j end
  for i = 1, #one do
    local now = { [0] = i }
    for j = 1, #other do
      local change = one:byte(i) == other:byte(j) and 0 or 1
      now[j] = math.min(before[j] + 1, now[j - 1] + 1, before[j - 1] + change)
    end
    before = now
  end
  return before[#other]
end

local function refuse_unknown(options)
  local known = { groups = true, tap = true, hook = true }
  for _, name in ipairs(OPTIONS) do known[name] = true end
  for name in pairs(options) do
    if not known[name] then
      local nearest, least = nil, math.huge
      for candidate in pairs(known) do
        local d = distance(tostring(name), candidate)
        if d < least or (d == least and candidate < nearest) then nearest, least = candidate, d end
      end
      refuse("open has no option '%s'; did you mean '%s'?", tostring(name), nearest)
    end
  end
end

local function require_path(name, path)
  if type(path) ~= "string" then refuse("%s is a string, not a %s", name, type(path)) end
  if path:find("\0", 1, true) then refuse("%s holds a NUL", name) end
end

local function listed(groups)
  if groups == nil then return {} end
  if type(groups) == "number" then return { groups } end
  if type(groups) ~= "table" then
    refuse("groups is an integer or a table of integers, not a %s", type(groups))
  end
  local count = 0
  for _ in pairs(groups) do count = count + 1 end
  if count ~= #groups then refuse("groups is a table of integers from 1 on, and nothing else") end
  return groups
end

local function add_taps(handle, tap, hook)
  if tap == nil then
    if hook ~= nil then refuse("hook is where a tap stands, and no tap is given") end
    return
  end
  local matches = type(tap) == "table" and tap or { tap }
  for _, match in ipairs(matches) do
    for name, text in pairs { tap = match, hook = hook or "" } do
      if type(text) ~= "string" then
        refuse("%s is a string, not a %s", name, type(text))
      elseif text:find("\0", 1, true) then
        refuse("%s holds a NUL", name)
      end
    end
    handle:add_tap(hook or "", match)
  end
end

-- The handle of each capture: out of reach, and kept as long as its capture.
local handles = setmetatable({}, { __mode = "k" })

local function handle_of(capture)
  local handle = handles[capture]
  if not handle then refuse("a method of a capture is called with a colon: capture:next()") end
  return handle
end

local function checked_filter(filter)
  if type(filter) ~= "string" then refuse("filter is a string or nil, not a %s", type(filter)) end
  if filter:find("\0", 1, true) then refuse("filter holds a NUL") end
  return filter
end

local Stats = {}

function Stats.__tostring(stats)
  local fields = {}
  for i, name in ipairs(COUNTERS) do fields[i] = name .. "=" .. tostring(stats[name]) end
  return "<nflogcap.Stats: " .. table.concat(fields, ", ") .. ">"
end

local function copied(counters)
  local stats = {}
  for _, name in ipairs(COUNTERS) do stats[name] = counters[name] end
  return setmetatable(stats, Stats)
end

local Capture = { __name = "nflogcap.Capture" }
Capture.__index = Capture

--- Starts capturing and returns the capture.
--
-- `options` is a table; an integer alone is the group.
--
--   groups           an integer, 0 to 65535, or a table of them; with a tap or a savefile it may be
--                    left out
--   snaplen          bytes of payload to copy of each packet, 0 to 65531 (the default); 0: metadata
--                    only
--   delivery         nflogcap.BATCHED (the default): many packets a batch, least CPU, milliseconds
--                    of delay; nflogcap.IMMEDIATE: a batch a packet, least delay, most CPU; or
--                    nflogcap.ADAPTIVE: immediate while packets trickle, batched while they come
--                    fast
--   queue_threshold  packets that the kernel gathers before it delivers a batch, 1 or more; 65535
--                    when batched, 1 when immediate
--   flush_timeout    milliseconds that the kernel gathers at the longest, 0 to 3600000; 10 by
--                    default, and counted in units of 10
--   batch_size       bytes that the kernel allots to a batch, 4096 to 131072; 131072 when batched,
--                    4096 when immediate
--   socket_buffer    bytes of socket buffer to ask for, 4096 to 1073741823; 32 MiB by default
--   conntrack        true: packets come with their conntrack entry (ct, ct_info)
--   netns            path of the network namespace to capture in, such as /run/netns/blue; by
--                    default that of the calling thread
--   savefile         path of a pcap or pcapng file to read the packets of instead of the kernel's,
--                    "-" for standard input: those of all groups where none is given. Where it is
--                    damaged, next() raises behind the packets before
--   filter           an expression of pcap-filter(7), such as "udp port 53": only packets that it
--                    matches are delivered; Capture:set_filter() changes it
--   tap              what to capture, in nft's words, such as "tcp dport 443", or a table of these:
--                    a firewall rule logs it to the capture until that ends, and does nothing else.
--                    "": all packets
--   hook             where the taps stand: "prerouting", "input", "forward", "output",
--                    "postrouting" or "ingress:DEVICE"; by default at prerouting and output
--
-- An error where a group has an owner already or CAP_NET_ADMIN is missing has the errno 1 (EPERM).
function nflogcap.open(options)
  if type(options) == "number" then options = { groups = options } end
  if type(options) ~= "table" then
    refuse("open takes a table of options or a group, not a %s", type(options))
  end
  refuse_unknown(options)
  local handle = core.Handle()
  for _, group in ipairs(listed(options.groups)) do handle:add_group(group) end
  for _, name in ipairs(OPTIONS) do
    local value = options[name]
    if value ~= nil then
      if name == "conntrack" and type(value) ~= "boolean" then
        refuse("conntrack is a boolean, not a %s", type(value))
      elseif name == "netns" or name == "savefile" then
        require_path(name, value)
      elseif name == "filter" then
        checked_filter(value)
      end
      handle["set_" .. name](handle, value)
    end
  end
  add_taps(handle, options.tap, options.hook)
  handle:start()
  local capture = setmetatable({}, Capture)
  handles[capture] = handle
  return capture
end

--- For `for`: packets, until the capture has ended, is closed meanwhile, or is woken.
function Capture:packets()
  local handle = handle_of(self)
  if handle:closed() then handle:stats() end -- raises
  return core.next_packet, handle
end

--- The next packet; nil when none came in `timeout` seconds (nil: wait for ever, 0: do not wait),
-- wakeup() was called, or the capture has ended, which ended() tells.
function Capture:next(timeout)
  if timeout == nil then
    timeout = -1
  elseif type(timeout) ~= "number" then
    refuse("timeout is a number of seconds or nil, not a %s", type(timeout))
  elseif not (timeout >= 0) then
    refuse("timeout %s is out of range: 0 seconds or more, or nil", tostring(timeout))
  end
  return core.next(handle_of(self), timeout)
end

--- A descriptor to wait on with poll or select: readable whenever next() would not wait, packets
-- queued in the library included. Never read from it or close it.
function Capture:fd() return handle_of(self):fd() end

--- LuaSocket's name for it: socket.select takes a capture as it is.
Capture.getfd = Capture.fd

--- Delivers only the packets that an expression of pcap-filter(7) matches, from now on: those that
-- were received and not delivered yet are judged by it too. nil or "": all. A wrong one is an error
-- in libpcap's words, and the filter before it stays in force.
function Capture:set_filter(filter)
  handle_of(self):set_filter(filter ~= nil and checked_filter(filter) or nil)
end

--- The counters of the capture, as of now: a table of integers.
function Capture:stats() return copied(handle_of(self):stats()) end

--- The counters of a group, as of now. An error for a group that this does not capture.
function Capture:group_stats(group) return copied(handle_of(self):group_stats(group)) end

--- The group that the taps log to; nil without a tap.
function Capture:tap_group() return handle_of(self):tap_group() end

--- Makes the next() that waits, or else the next one, return nil, and a loop end.
function Capture:wakeup() handle_of(self):wakeup() end

--- Ends the capture without loss: what the kernel still holds is delivered first.
function Capture:stop() handle_of(self):stop() end

--- Gives the groups up and frees all. A second time it does nothing.
function Capture:close() handle_of(self):close() end

--- Whether close() was called.
function Capture:closed() return handle_of(self):closed() end

--- Whether no packet can come any more: stopped and drained, or closed.
function Capture:ended() return handle_of(self):ended() end

Capture.__close = Capture.close -- local capture <close> = nflogcap.open(5)

function Capture:__tostring()
  return "<nflogcap.Capture: " .. (self:closed() and "closed" or "open") .. ">"
end

local dumps = setmetatable({}, { __mode = "k" })

local function dump_of(dump)
  local inner = dumps[dump]
  if not inner then refuse("a method of a dump is called with a colon: dump:write(packet)") end
  return inner
end

local Dump = { __name = "nflogcap.Dump" }
Dump.__index = Dump

--- Creates a savefile, or empties the one that is there; "-" is standard output. It is a pcap file of
-- LINKTYPE_NFLOG with times in nanoseconds, which Wireshark and tcpdump open, and
-- nflogcap.open { savefile = path } reads.
function nflogcap.dump_open(path)
  require_path("path", path)
  local inner = core.Dump()
  inner:open(path)
  local dump = setmetatable({}, Dump)
  dumps[dump] = inner
  return dump
end

--- Writes a packet, of any capture, open or closed: all that the kernel sent of it. Packets are
-- gathered, up to 64 KiB. Where this fails the packet is not taken; those before it that could not be
-- written are kept, and written by the next call that can.
function Dump:write(packet) dump_of(self):write(packet) end

--- Hands what is gathered to the system, for others to read.
function Dump:flush() dump_of(self):flush() end

--- Writes what is gathered and closes the file, also where that fails. A second time it does nothing.
function Dump:close() dump_of(self):close() end

--- Whether close() was called.
function Dump:closed() return dump_of(self):closed() end

--- The length in bytes that the file has with all that was written into it.
function Dump:position() return dump_of(self):position() end

Dump.__close = Dump.close -- local dump <close> = nflogcap.dump_open "x.pcap"

function Dump:__tostring()
  return "<nflogcap.Dump: " .. (self:closed() and "closed" or "open") .. ">"
end

return nflogcap
