-- SPDX-License-Identifier: GPL-2.0-or-later
--- The packets that Linux netfilter logs to user space through NFLOG.
--
--     local nflogcap = require "nflogcap"
--     local capture = assert(nflogcap.open { groups = { 5 }, snaplen = 96 })
--     for packet in capture:packets() do print(packet.prefix, #packet.payload) end
--     capture:close()
--
-- What a program does wrong is raised: a wrong argument, or the use of what is closed or belongs to
-- another process. A failure of the system is returned, as nil and the error, or raised in a `for`
-- loop, which cannot return it. Functions without another result return true. Errors are objects with
-- the fields `message` and `errno`; tostring returns the message, and `..` appends it.
--
-- Packets have the fields of nflogcap(3). A field that the kernel did not send, or that the packet's
-- headers do not say, is nil. tostring(packet) is one line, packet:to_json() one JSON object,
-- packet:to_table() a table of the fields that it has, and pairs(packet) visits these, from Lua 5.2 on.
-- Capturing needs CAP_NET_ADMIN in the network namespace.

-- A module of SWIG's sets globals when it is loaded. They are as before after it.
local function require_without_globals(name)
  local before = {}
  for global, value in next, _G do before[global] = value end
  local module = require(name)
  for global, value in next, _G do
    if value ~= before[global] then rawset(_G, global, before[global]) end
  end
  return module
end

local core = require_without_globals "nflogcap.core"

local nflogcap = {
  version = core.nflogcap_version(),
}

-- All that the library describes by `at`, from 0 on.
local function described(at)
  local all = {}
  while true do
    local description = at(#all)
    if not description then return all end
    all[#all + 1] = description
  end
end

local OPTIONS = described(core.nflogcap_option_at)
local COUNTERS = described(core.nflogcap_counter_at)

-- The ways of delivery, and the bits of a packet's `present` (HAS_*).
for name, value in pairs(core.constants) do nflogcap[name] = value end

local function refuse(...)
  core.refuse(string.format(...))
end

local function require_text(name, value)
  if type(value) ~= "string" then refuse("%s must be a string, not a %s", name, type(value)) end
  return value
end

local function integer_text(name, value)
  if type(value) ~= "number" then refuse("%s must be an integer, not a %s", name, type(value)) end
  if value ~= math.floor(value) then refuse("%s must be an integer, not a fraction", name) end
  return string.format(math.type and math.type(value) == "integer" and "%d" or "%.0f", value)
end

-- Returns a name unchanged, and a number as decimal text.
local function choice_text(name, value)
  return type(value) == "string" and value or integer_text(name, value)
end

-- How a value becomes what the library takes, by the kind of the option.
local texts = {
  [core.INTEGER] = integer_text,
  [core.GROUPS] = integer_text,
  [core.TEXT] = require_text,
  [core.PATH] = require_text,
  [core.CHOICE] = choice_text,
  [core.BOOLEAN] = function(name, value)
    if type(value) ~= "boolean" then refuse("%s must be a boolean, not a %s", name, type(value)) end
    return value and "1" or "0"
  end,
}

-- The values of an option: one, or for a repeatable option those of a table.
local function listed(option, value)
  if option.is_repeatable == 0 or type(value) ~= "table" then return { value } end
  local count = 0
  for _ in pairs(value) do count = count + 1 end
  if count ~= #value then
    refuse("%s must be one value or a table of values from 1 on, and nothing else", option.name)
  end
  return value
end

local function set_options(handle, options)
  local known = {}
  for _, option in ipairs(OPTIONS) do
    known[option.name] = true
    local value = options[option.name]
    if value ~= nil then
      for _, each in ipairs(listed(option, value)) do
        local done, why = handle:set_option(option.name, texts[option.kind](option.name, each))
        if not done then return nil, why end
      end
    end
  end
  for name in pairs(options) do
    if not known[name] then handle:set_option(tostring(name), nil) end -- raises
  end
  return true
end

-- The handle of each capture: out of reach, and kept as long as its capture.
local handles = setmetatable({}, { __mode = "k" })

local function handle_of(capture)
  local handle = handles[capture]
  if not handle then refuse("a method of a capture is called with a colon: capture:next()") end
  return handle
end

local Stats = {}

function Stats.__tostring(stats)
  local fields = {}
  for i, counter in ipairs(COUNTERS) do
    fields[i] = counter.name .. "=" .. tostring(stats[counter.name])
  end
  return "<nflogcap.Stats: " .. table.concat(fields, ", ") .. ">"
end

local Capture = { __name = "nflogcap.Capture" }
Capture.__index = Capture

-- A capture with these options that `start` starts, or nil and the error.
local function started(options, start)
  local handle = core.nflogcap_Handle()
  local done, why = set_options(handle, options)
  if done then done, why = start(handle) end
  if not done then return nil, why end
  local capture = setmetatable({}, Capture)
  handles[capture] = handle
  return capture
end

--- Starts capturing and returns the capture, or nil and the error.
--
-- `options` is a table of the options of nflogcap(3); an integer alone is the group. `groups` and
-- `tap` are one value or a table of values.
--
-- If a group has an owner already or CAP_NET_ADMIN is missing, the error has the errno 1 (EPERM).
function nflogcap.open(options)
  if type(options) == "number" then options = { groups = options } end
  if type(options) ~= "table" then
    refuse("open takes a table of options or a group, not a %s", type(options))
  end
  return started(options, function(handle) return handle:start() end)
end

--- Goes on with a capture of another process, instead of starting one, and returns the capture, or nil
-- and the error. Waits up to one second for that process to close the capture or end.
--
-- `descriptors` is a table of those that the other process's capture:descriptors() returned, as they
-- are numbered in this process, in any order. On success they belong to the capture; after an error
-- they stay open, and the caller's. `options` is nil or a table as for open(). Options that differ from
-- the other process's are set. With `tap` the taps replace the other process's, else they are kept.
-- `groups` must be the same, or absent.
--
-- Raises an error for descriptors that are not those of one capture, and for other groups. The errno is
-- 16 (EBUSY) while the other process still captures, and 61 (ENODATA) if the capture has ended.
function nflogcap.adopt(descriptors, options)
  if type(descriptors) ~= "table" then
    refuse("adopt takes a table of descriptors, not a %s", type(descriptors))
  end
  if options ~= nil and type(options) ~= "table" then
    refuse("adopt takes descriptors and a table of options, not a %s", type(options))
  end
  return started(options or {}, function(handle)
    for _, descriptor in ipairs(descriptors) do handle:add_descriptor(descriptor) end
    return handle:adopt()
  end)
end

local function open_handle_of(capture)
  local handle = handle_of(capture)
  if handle:closed() then handle:stats() end -- raises
  return handle
end

-- What the handle takes: less than 0 for ever.
local function seconds(timeout)
  if timeout == nil then
    return -1
  elseif type(timeout) ~= "number" then
    refuse("timeout is a number of seconds or nil, not a %s", type(timeout))
  elseif not (timeout >= 0) then
    refuse("timeout %s is out of range: 0 seconds or more, or nil", tostring(timeout))
  end
  return timeout
end

--- For `for`: packets, until none came in `timeout` seconds (nil: wait for ever, 0: do not wait), or
-- the capture has ended, is closed meanwhile, or is woken. Raises the error if the system fails.
function Capture:packets(timeout) return open_handle_of(self):packets(seconds(timeout)) end

--- For `for`: batches, with the same ends.
function Capture:batches(timeout) return open_handle_of(self):batches(seconds(timeout)) end

--- The next packet; nil when none came in `timeout` seconds (nil: wait for ever, 0: do not wait),
-- wakeup() was called, or the capture has ended, which ended() tells; nil and the error if the system
-- fails.
function Capture:next(timeout) return handle_of(self):next(seconds(timeout)) end

--- Like next() for several packets in one call: those of one batch of the kernel's that need no further
-- waiting, 256 at most.
--
-- #batch is their number and batch[i] a packet, a new object each time. batch:payloads() is a table of
-- all payloads, and batch:column "mark" one of a field's values, with false for each packet that does
-- not have it. A batch outlives its capture.
function Capture:read_batch(timeout) return handle_of(self):next_batch(seconds(timeout)) end

--- A descriptor to wait on with poll or select: readable whenever next() would not wait, packets
-- queued in the library included. Never read from it or close it.
function Capture:fd() return handle_of(self):fd() end

--- LuaSocket's name for it: socket.select takes a capture as it is.
Capture.getfd = Capture.fd

--- Delivers only the packets that an expression of pcap-filter(7) matches, from now on: those that
-- were received and not delivered yet are judged by it too. nil or "": all. A wrong one is an error
-- in libpcap's words, and the filter before it stays in force.
function Capture:set_filter(filter)
  return handle_of(self):set_filter(filter ~= nil and require_text("filter", filter) or nil)
end

--- The counters of the capture, as of now: a table of integers.
function Capture:stats() return setmetatable(handle_of(self):stats(), Stats) end

--- The counters of a group, as of now. An error for a group that this does not capture.
function Capture:group_stats(group) return setmetatable(handle_of(self):group_stats(group), Stats) end

--- Captures a group too, from now on; no other group loses a packet.
function Capture:add_group(group)
  return handle_of(self):change("groups", integer_text("group", group))
end

--- Captures a group no longer. What the kernel had of it until now is still delivered, and its counters
-- stay. An error for a group that this does not capture.
function Capture:remove_group(group) return handle_of(self):remove_group(group) end

--- Lays a tap from now on, as the option `tap` of open() does at the start. `options` is nil or a table
-- of hook, tap_priority, tap_prefix, tap_limit and tap_sample. A wrong one is an error in nft's words,
-- and all is as before.
function Capture:add_tap(match, options)
  local handle = handle_of(self)
  if options ~= nil and type(options) ~= "table" then
    refuse("add_tap takes a match and a table of options, not a %s", type(options))
  end
  local given = {}
  for name, value in pairs(options or {}) do given[name] = value end
  local changes = {}
  for _, option in ipairs(OPTIONS) do
    local name = option.name
    if name == "hook" or name:find("^tap_") then
      local value = given[name]
      changes[#changes + 1] = { name, value ~= nil and texts[option.kind](name, value) or nil }
      given[name] = nil
    end
  end
  for name in pairs(given) do refuse("add_tap has no option '%s'", tostring(name)) end
  changes[#changes + 1] = { "tap", require_text("tap", match == nil and "" or match) }
  for _, change in ipairs(changes) do
    local done, why = handle:change(change[1], change[2])
    if not done then return nil, why end
  end
  return true
end

--- Removes a tap, named as it was added; of several that are the same, the first one.
function Capture:remove_tap(match, hook)
  return handle_of(self):remove_tap(require_text("tap", match == nil and "" or match),
    hook ~= nil and require_text("hook", hook) or nil)
end

--- Removes all taps.
function Capture:remove_taps() return handle_of(self):remove_taps() end

--- The captured groups, in ascending order; the group that was chosen for taps too.
function Capture:groups() return handle_of(self):groups() end

--- The group that the taps log to; nil without a tap.
function Capture:tap_group() return handle_of(self):tap_group() end

--- Makes the next() that waits, or else the next one, return nil, and a loop end.
function Capture:wakeup() return handle_of(self):wakeup() end

--- Ends the capture without loss: what the kernel still holds is delivered first.
function Capture:stop() return handle_of(self):stop() end

--- Ends the capture here and leaves its groups bound and its taps laid, for the process that has the
-- descriptors(): next() and loops go on to return what the kernel holds, and then end. When the capture is
-- closed then, another process can adopt() it. If descriptors() was not called, this is stop().
function Capture:hand_over() return handle_of(self):hand_over() end

--- A table of the descriptors with which another process can adopt() the capture. Pass all of them on, in
-- any order. They stay the capture's: never read from them or close them. Adding a tap adds one, and
-- removing taps can remove one.
function Capture:descriptors() return handle_of(self):descriptors() end

--- Says that the packets of a group before the number `seq` are accounted for, for a program that knows it
-- better than the capture: packet.seq + 1 of the last packet that it stored. A process that adopts the
-- capture counts as lost what is missing from `seq` on. An error for a group that this does not capture.
function Capture:expect(group, seq) return handle_of(self):expect(group, seq) end

--- The number (packet.seq) that the next packet of a group has if none is lost. An error for a group that
-- this does not capture.
function Capture:expected(group) return handle_of(self):expected(group) end

--- Takes the capture from the process that owns it, in a child of fork(). In the previous owner all
-- calls but close() are then errors with the errno 10 (ECHILD).
function Capture:take_over() return handle_of(self):take_over() end

--- Gives the groups up and frees all. A second time it does nothing.
function Capture:close() return handle_of(self):close() end

--- Whether close() was called.
function Capture:closed() return handle_of(self):closed() end

--- Whether no packet can come any more: stopped and drained, or closed.
function Capture:ended() return handle_of(self):ended() end

Capture.__close = Capture.close -- local capture <close> = assert(nflogcap.open(5))

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

--- The packet that a record of LINKTYPE_NFLOG is, which another library has read. The record is a string
-- of bytes, of either byte order, which may end within the payload; its time is in nanoseconds since the
-- epoch. Raises an error (EINVAL) if the bytes are no such record.
function nflogcap.parse_packet(record, timestamp_ns)
  return core.parse_packet(require_text("record", record), timestamp_ns)
end

-- The options of dump_open, and how a value becomes what the library takes.
local DUMP_OPTIONS = { link_type = choice_text, format = require_text, compression = require_text }

--- Creates a savefile, or empties the one that is there; "-" is standard output. Returns nil and the error
-- if the system refuses it.
--
-- The option `link_type`, as in nflogcap.dump_open("x.pcap", { link_type = "raw" }), is a name, or a number
-- such as LINKTYPE_RAW:
--   "nflog"     (default) all that the kernel sent of each packet, which Wireshark and tcpdump print and
--               nflogcap.open { savefile = path } reads
--   "raw"       IPv4 and IPv6 packets from their IP headers on
--   "ethernet"  the frames of packet:frame(), with addresses of zeros if the packet has no Ethernet header
-- Filters of tcpdump and most other programs need "raw" or "ethernet".
--
-- The option `format` is "pcap" or "pcapng", both with times in nanoseconds; by default it is "pcapng" if the
-- path ends in ".pcapng" (or ".pcapng.zst"), else "pcap". pcapng has an interface for each device, each packet's direction and
-- the number of packets lost before it, with "raw" and "ethernet" a comment with its group, mark, uid, gid and
-- prefix, and at the end each interface's counters.
--
-- The option `compression` is "none", "gzip" or "zstd"; by default it is "gzip" if the path ends in ".gz", "zstd"
-- if it ends in ".zst", else "none". A file that is cut holds all packets up to its last whole part; each flush
-- makes a part, and small ones compress badly.
function nflogcap.dump_open(path, options)
  require_text("path", path)
  if options ~= nil and type(options) ~= "table" then
    refuse("dump_open takes a path and a table of options, not a %s", type(options))
  end
  local texts_of = {}
  for name, value in pairs(options or {}) do
    local text_of = DUMP_OPTIONS[name]
    if not text_of then
      refuse("dump_open has no option '%s'; its options are link_type, format and compression", tostring(name))
    end
    texts_of[name] = text_of(name, value)
  end
  local inner = core.nflogcap_Dump()
  local done, why = inner:open(path, texts_of.link_type, texts_of.format, texts_of.compression)
  if not done then return nil, why end
  local dump = setmetatable({}, Dump)
  dumps[dump] = inner
  return dump
end

--- Writes a packet, of any capture, open or closed, as the link type has it. Packets are gathered, up to
-- 64 KiB. Returns false if the packet is skipped, because the link type cannot hold it. Where this fails
-- the packet is not taken; those before it that could not be written are kept, and written by the next
-- call that can.
function Dump:write(packet) return dump_of(self):write(packet) end

--- Hands what is gathered to the system, for others to read.
function Dump:flush() return dump_of(self):flush() end

--- Takes the savefile from the process that owns it, as Capture:take_over() does.
function Dump:take_over() return dump_of(self):take_over() end

--- Writes what is gathered and closes the file, also where that fails. A second time it does nothing.
function Dump:close() return dump_of(self):close() end

--- Whether close() was called.
function Dump:closed() return dump_of(self):closed() end

--- The length in bytes that the file has with all that was written into it. If it is compressed, what is
-- gathered counts with the bytes that it has before.
function Dump:position() return dump_of(self):position() end

--- How many packets of this process are in the file; the others are gathered.
function Dump:written() return dump_of(self):written() end

--- How many packets write() has skipped in this process.
function Dump:skipped() return dump_of(self):skipped() end

--- local dump <close> = assert(nflogcap.dump_open "x.pcap"). Raises the error, since nobody gets it.
function Dump:__close()
  local done, why = self:close()
  if not done then error(why) end
end

function Dump:__tostring()
  return "<nflogcap.Dump: " .. (self:closed() and "closed" or "open") .. ">"
end

return nflogcap
