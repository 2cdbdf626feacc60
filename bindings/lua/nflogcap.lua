-- SPDX-License-Identifier: GPL-2.0-or-later
--- The packets that Linux netfilter logs to user space through NFLOG.
--
--     local nflogcap = require "nflogcap"
--     local capture = assert(nflogcap.open { groups = { 5 }, snaplen = 96 })
--     for packet in capture:packets() do print(packet.prefix, #packet.payload) end
--     capture:close()
--
-- Errors of the program are raised: an invalid argument, or the use of an object that is closed or belongs to
-- another process. Failures of the system are returned, as nil and the error; a `for` loop cannot return them,
-- and raises them. Functions without another result return true. Errors are objects with the fields `message`
-- and `errno`; tostring returns the message, and `..` appends it.
--
-- Packets have the fields of nflogcap(3). A field is nil if the kernel did not send it, or if the packet's
-- headers do not contain it. tostring(packet) is one line, packet:to_json() one JSON object, packet:to_table()
-- a table of the fields that the packet has, and pairs(packet) visits these fields (Lua 5.2 and later).
-- Capturing requires CAP_NET_ADMIN in the network namespace.

-- Loads a SWIG module, and restores the globals that the module sets when it is loaded.
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

-- Returns the list of all descriptions. `at` returns the description with an index, from 0 on.
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

-- The constants: the kinds of delivery, the bits of a packet's `present` (HAS_*), and others.
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

-- Returns a name unchanged, and converts a number to decimal text.
local function choice_text(name, value)
  return type(value) == "string" and value or integer_text(name, value)
end

-- For each kind of option, a function that converts a value to the text that the library expects.
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

-- Returns the values of an option as a list: one value or, if the option is repeatable, the values
-- in a table.
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

-- The handle of each capture. The table is weak: a handle lives as long as its capture. Programs
-- cannot reach it.
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

-- Creates a capture with these options, and starts it by calling `start`. On failure, returns nil
-- and the error.
local function started(options, start)
  local handle = core.nflogcap_Handle()
  local done, why = set_options(handle, options)
  if done then done, why = start(handle) end
  if not done then return nil, why end
  local capture = setmetatable({}, Capture)
  handles[capture] = handle
  return capture
end

--- Starts a capture and returns it, or nil and the error.
---
-- `options` is a table of the options of nflogcap(3); an integer instead of a table is the group. `groups` and
-- `tap` take one value or a table of values.
---
-- If another program owns a group, or CAP_NET_ADMIN is missing, the error has the errno 1 (EPERM).
function nflogcap.open(options)
  if type(options) == "number" then options = { groups = options } end
  if type(options) ~= "table" then
    refuse("open takes a table of options or a group, not a %s", type(options))
  end
  return started(options, function(handle) return handle:start() end)
end

--- Continues a capture of another process, instead of starting one, and returns it, or nil and the error. Waits
-- up to one second for that process to close the capture or end.
---
-- `descriptors` is a table of the descriptors that capture:descriptors() returned in the other process, by
-- their numbers in this process, in any order. On success they belong to the capture; after an error they stay
-- open and belong to the caller. `options` is nil or a table as for open(); options that differ from those of
-- the other process are set. If `tap` is given, these taps replace those of the other process; otherwise its
-- taps are kept. `groups` must be the same groups, or absent.
---
-- Raises an error if the descriptors are not those of one capture, or the groups differ. The errno is 16
-- (EBUSY) if the other process still captures, and 61 (ENODATA) if the capture has ended.
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

-- Converts a timeout for the handle, for which a number less than 0 means for ever.
local function seconds(timeout)
  if timeout == nil then
    return -1
  elseif type(timeout) ~= "number" then
    refuse("timeout must be a number of seconds or nil, not a %s", type(timeout))
  elseif not (timeout >= 0) then
    refuse("timeout %s is out of range: 0 seconds or more, or nil", tostring(timeout))
  end
  return timeout
end

--- Iterator for `for`. Returns packets until none came in `timeout` seconds (nil: wait for ever, 0: do not
-- wait), or until the capture has ended, is closed or is woken. Raises an error if the system fails.
function Capture:packets(timeout) return open_handle_of(self):packets(seconds(timeout)) end

--- Iterator for `for`. Like packets(), but returns batches.
function Capture:batches(timeout) return open_handle_of(self):batches(seconds(timeout)) end

--- Returns the next packet, and waits for it up to `timeout` seconds (nil: for ever, 0: not at all). Returns
-- nil if no packet arrived in time, after wakeup(), and when the capture has ended; ended() is then true.
-- Returns nil and the error if the system fails.
function Capture:next(timeout) return handle_of(self):next(seconds(timeout)) end

--- Like next(), but returns a batch: up to 256 packets of one batch of the kernel that are available without
-- further waiting.
---
-- #batch is their number, and batch[i] a packet, a new object each time. batch:payloads() is a table of all
-- payloads, and batch:column "mark" a table of one field's values, with false for each packet that does not
-- have the field. A batch outlives its capture.
function Capture:read_batch(timeout) return handle_of(self):next_batch(seconds(timeout)) end

--- Returns a descriptor to wait on with poll or select. It is readable whenever next() would not wait, also
-- because packets are queued in the library. Never read from it or close it.
function Capture:fd() return handle_of(self):fd() end

--- LuaSocket's name for fd(): socket.select accepts a capture itself.
Capture.getfd = Capture.fd

--- Delivers only the packets that an expression of pcap-filter(7) matches; nil or "": all packets. The filter
-- applies from now on, also to packets that were received and not yet delivered. If the expression is invalid,
-- the error has libpcap's message, and the previous filter stays in force.
function Capture:set_filter(filter)
  return handle_of(self):set_filter(filter ~= nil and require_text("filter", filter) or nil)
end

--- Returns the current counters of the capture: a table of integers.
function Capture:stats() return setmetatable(handle_of(self):stats(), Stats) end

--- Returns the current counters of a group. Raises an error if the group was not added.
function Capture:group_stats(group) return setmetatable(handle_of(self):group_stats(group), Stats) end

--- Adds a group to capture from now on. No other group loses a packet.
function Capture:add_group(group)
  return handle_of(self):change("groups", integer_text("group", group))
end

--- Removes a group. Packets that the kernel holds for it are still delivered, and its counters stay. Raises an
-- error if the group is not captured.
function Capture:remove_group(group) return handle_of(self):remove_group(group) end

--- Adds a tap from now on, as the option `tap` of open() does at the start. `options` is nil or a table with
-- hook, tap_priority, tap_prefix, tap_limit and tap_sample. If nft refuses the match, the error has nft's
-- message, and nothing changes.
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

--- Removes the tap that was added with this match and hook; if there are several, the oldest.
function Capture:remove_tap(match, hook)
  return handle_of(self):remove_tap(require_text("tap", match == nil and "" or match),
    hook ~= nil and require_text("hook", hook) or nil)
end

--- Removes all taps.
function Capture:remove_taps() return handle_of(self):remove_taps() end

--- Returns the captured groups in ascending order, including the group that was chosen for taps.
function Capture:groups() return handle_of(self):groups() end

--- Returns the group that the taps log to; nil without a tap.
function Capture:tap_group() return handle_of(self):tap_group() end

--- Makes the waiting next() return nil, or its next call if none waits; a loop ends.
function Capture:wakeup() return handle_of(self):wakeup() end

--- Ends the capture without loss: packets that the kernel still holds are delivered first.
function Capture:stop() return handle_of(self):stop() end

--- Ends the capture in this process, and leaves its groups bound and its taps in force for the process that has
-- the descriptors(). next() and loops still return the packets that the kernel holds, and then end. Then close
-- the capture, and another process can adopt() it. If descriptors() was not called, hand_over() does the same
-- as stop().
function Capture:hand_over() return handle_of(self):hand_over() end

--- Returns a table of the descriptors that another process needs to adopt() the capture. Pass all of them on,
-- in any order. The capture owns them: never read from them or close them. Adding a tap adds a descriptor, and
-- removing taps can remove one.
function Capture:descriptors() return handle_of(self):descriptors() end

--- Sets the number of the next packet of a group that the program has not yet stored: packet.seq + 1 of the
-- last packet that it stored. A process that adopts the capture expects all packets from `seq` on, and
-- counts as lost those that it does not receive. Raises an error if the group is not captured.
function Capture:expect(group, seq) return handle_of(self):expect(group, seq) end

--- Returns the number (packet.seq) that the next packet of a group has if no packet is lost. Raises an error if
-- the group is not captured.
function Capture:expected(group) return handle_of(self):expected(group) end

--- Takes the capture from the process that owns it, in a child of fork(). In the previous owner all calls
-- except close() then fail with the errno 10 (ECHILD).
function Capture:take_over() return handle_of(self):take_over() end

--- Unbinds the groups and frees everything. Closing twice is harmless.
function Capture:close() return handle_of(self):close() end

--- Returns whether close() was called.
function Capture:closed() return handle_of(self):closed() end

--- Returns whether no more packets can come: the capture was stopped and all packets were taken, or it was closed.
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

--- Returns a packet made from a record of LINKTYPE_NFLOG that another library has read. The record is a string
-- of bytes, in either byte order, and may end within the payload. The time is in nanoseconds since the Unix
-- epoch. Raises an error (EINVAL) if the bytes are not such a record.
function nflogcap.parse_packet(record, timestamp_ns)
  return core.parse_packet(require_text("record", record), timestamp_ns)
end

-- The options of dump_open, and the functions that convert their values for the library.
local DUMP_OPTIONS = { link_type = choice_text, format = require_text, compression = require_text }

--- Creates a savefile, or empties an existing one; "-" is standard output. Returns nil and the error if the
-- system refuses it.
---
-- The option `link_type`, as in nflogcap.dump_open("x.pcap", { link_type = "raw" }), is a name, or a number
-- such as LINKTYPE_RAW:
---   "nflog"     (default) everything that the kernel sent for each packet; Wireshark and tcpdump print it, and
---               nflogcap.open { savefile = path } reads it
---   "raw"       IPv4 and IPv6 packets from their IP headers on
---   "ethernet"  the frames of packet:frame(), with addresses of zeros if a packet has no Ethernet header
-- Filters of tcpdump and most other programs need "raw" or "ethernet".
---
-- The option `format` is "pcap" or "pcapng", both with times in nanoseconds. The default is "pcapng" if the
-- path ends in ".pcapng", ".pcapng.gz" or ".pcapng.zst", else "pcap". pcapng also has an interface for each
-- device, each packet's direction, the number of packets lost before it, and at the end of the file counters
-- for each interface. With "raw" and "ethernet" each packet has a comment with its group, mark, uid, gid and
-- prefix.
---
-- The option `compression` is "none", "gzip" or "zstd". The default is "gzip" if the path ends in ".gz", "zstd"
-- if it ends in ".zst", else "none". A compressed file consists of parts, and each flush makes a part. If the
-- file is cut, the packets in its complete parts can be read. Small parts compress badly.
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

--- Writes a packet of any capture, open or closed, in the form of the link type. Packets are gathered, up to 64
-- KiB. Returns false if the packet is skipped because the link type cannot represent it. If writing fails, this
-- packet is not accepted; earlier packets that could not be written are kept, and the next call that succeeds
-- writes them.
function Dump:write(packet) return dump_of(self):write(packet) end

--- Writes the gathered packets to the file, so that others can read them.
function Dump:flush() return dump_of(self):flush() end

--- Takes the savefile from the process that owns it, as Capture:take_over() does.
function Dump:take_over() return dump_of(self):take_over() end

--- Writes the gathered packets and closes the file, also if writing fails. Closing twice is harmless.
function Dump:close() return dump_of(self):close() end

--- Returns whether close() was called.
function Dump:closed() return dump_of(self):closed() end

--- Returns the length of the file in bytes, including the gathered packets. In a compressed file, gathered
-- packets count with their uncompressed size.
function Dump:position() return dump_of(self):position() end

--- Returns how many packets of this process are in the file; other accepted packets are still gathered.
function Dump:written() return dump_of(self):written() end

--- Returns how many packets write() has skipped in this process.
function Dump:skipped() return dump_of(self):skipped() end

--- local dump <close> = assert(nflogcap.dump_open "x.pcap"). Raises the error, because it cannot be returned.
function Dump:__close()
  local done, why = self:close()
  if not done then error(why) end
end

function Dump:__tostring()
  return "<nflogcap.Dump: " .. (self:closed() and "closed" or "open") .. ">"
end

return nflogcap
