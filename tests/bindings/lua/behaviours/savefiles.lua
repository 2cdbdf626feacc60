-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: savefiles and their records.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"
local nflogcap = require "nflogcap"

local EBADMSG = 74
local capturing, recorded, test = harness.capturing, harness.recorded, harness.test
local equal, failed, refused = live.equal, live.failed, live.refused

--- Reads all remaining packets, and returns their groups.
local function groups_of(capture)
  local groups = {}
  for packet in capture:packets() do groups[#groups + 1] = packet.group end
  return table.concat(groups, " ")
end

function test.savefile()
  recorded({ 5, 5 }, function(path, packets)
    capturing({ savefile = path }, function(capture)
      for _, packet in ipairs(packets) do
        local again = capture:next()
        local names = live.names_of(packet)
        for _, name in ipairs(names) do
          if name ~= "vlan_ids" and not name:find "_name$" then equal(again[name], packet[name]) end
        end
        equal(again.indev_name, nil)
      end
      equal(capture:next(), nil)
      equal(capture:ended(), true)
    end)
  end)
end

function test.savefile_groups()
  recorded({ 5, 6, 5 }, function(path)
    capturing({ groups = 5, savefile = path }, function(capture)
      equal(groups_of(capture), "5 5")
      local stats = capture:stats()
      equal(stats.received, 3)
      equal(stats.delivered, 2)
      equal(stats.filtered, 1)
      equal(stats.lost, 0)
    end)
    capturing({ savefile = path }, function(capture) equal(groups_of(capture), "5 6 5") end)
  end)
end

function test.parse_packet()
  recorded({ 5 }, function(path, packets)
    local file = assert(io.open(path, "rb"))
    local content = file:read "*a"
    file:close()
    local packet, record = packets[1], content:sub(41)
    local again = nflogcap.parse_packet(record, packet.timestamp_ns)
    for _, name in ipairs(live.names_of(packet)) do
      -- Lua 5.1 rounds timestamp_ns. A rounded time is not the kernel's, so `present` then lacks HAS_TIMESTAMP.
      local is_exact = name ~= "present" or _VERSION ~= "Lua 5.1"
      if is_exact and name ~= "vlan_ids" and not name:find "_name$" then equal(again[name], packet[name]) end
    end
    equal(again.indev_name, nil)
    equal(again:frame(), packet:frame())
    equal(nflogcap.parse_packet(record:sub(1, -9), 7).timestamp_ns, 7)
    for _, wrong in ipairs { "", "no record at all", content } do
      refused(function() nflogcap.parse_packet(wrong, 1) end, "no record of LINKTYPE_NFLOG")
    end
    refused(function() nflogcap.parse_packet(record, -1) end, "timestamp_ns -1 is out of range")
    for _, wrong in ipairs { { 5, 1 }, { false, 1 }, { record, "one" }, { record, {} } } do
      refused(function() nflogcap.parse_packet(wrong[1], wrong[2]) end)
    end
  end)
end

function test.savefile_packed()
  recorded({ 5, 5 }, function(path)
    assert(os.execute("gzip -n " .. path .. " && mv " .. path .. ".gz " .. path))
    local file = assert(io.open(path, "rb"))
    local packed = file:read "*a"
    file:close()
    capturing({ savefile = path }, function(capture)
      equal(#capture:read_batch(), 2)
      equal(capture:next(), nil)
      equal(capture:stats().savefile_read, #packed)
      equal(capture:stats().savefile_size, #packed)
    end)
    file = assert(io.open(path, "wb"))
    file:write((packed:sub(1, -2)))
    file:close()
    capturing({ savefile = path }, function(capture)
      equal(#capture:read_batch(), 2)
      local why = failed(function() return capture:next() end, path, "beyond packet 2", "compressed data is cut off")
      equal(why.errno, EBADMSG)
    end)
  end)
end

function test.savefile_damaged()
  recorded({ 5, 5 }, function(path)
    local file = assert(io.open(path, "rb"))
    local bytes = file:read "*a"
    file:close()
    file = assert(io.open(path, "wb"))
    file:write((bytes:sub(1, -4)))
    file:close()
    capturing({ savefile = path }, function(capture)
      equal(capture:next().group, 5)
      local why = failed(function() return capture:next() end, path, "beyond packet 1", "truncated")
      equal(why.errno, EBADMSG)
      equal(capture:next(), nil)
      equal(capture:ended(), true)
    end)
    capturing({ savefile = path }, function(capture)
      equal(#capture:read_batch(), 1)
      equal(failed(function() return capture:read_batch() end, "truncated").errno, EBADMSG)
    end)
    for _, loop in ipairs { "packets", "batches" } do
      capturing({ savefile = path }, function(capture)
        equal(refused(function() for _ in capture[loop](capture) do end end, "truncated").errno, EBADMSG)
      end)
    end
  end)
end

function test.savefile_refused()
  for path, words in pairs { ["/no/such/file"] = "/no/such/file", ["/dev/null"] = "pcap or pcapng" } do
    failed(function() return nflogcap.open { savefile = path } end, words)
  end
  for _, case in ipairs {
    { "", "the path is empty" },
    { "nul\0", "savefile contains a NUL" },
    { 5, "savefile must be a string, not a number" },
  } do
    refused(function() nflogcap.open { savefile = case[1] } end, case[2])
  end
  for _, case in ipairs {
    { "/no/such/directory/x", "cannot create the savefile /no/such/directory/x" },
    { "/dev/full", "No space left on device" },
  } do
    failed(function() return nflogcap.dump_open(case[1]) end, case[2])
  end
  for _, case in ipairs {
    { "nul\0", "path contains a NUL" },
    { nil, "path must be a string, not a nil" },
  } do
    refused(function() nflogcap.dump_open(case[1]) end, case[2])
  end
end

-- The record of an ARP packet. A file with the link type raw cannot contain it.
local ARP = "\3\0\0\5\8\0\1\0\8\6\0\0\8\0\9\0\0\1\8\0"

local function content_of(path)
  local file = assert(io.open(path, "rb"))
  local content = file:read "*a"
  file:close()
  return content
end

function test.link_types()
  local arp = nflogcap.parse_packet(ARP, 1)
  recorded({ 5 }, function(path, packets)
    local packet = packets[1]
    local frame = ("\0"):rep(12) .. "\8\0" .. packet.payload
    for _, case in ipairs {
      { "nflog", 239, "", true },
      { "raw", 101, packet.payload, false },
      { nflogcap.LINKTYPE_RAW, 101, packet.payload, false },
      { "ethernet", 1, frame, true },
      { nflogcap.LINKTYPE_ETHERNET, 1, packet:frame(), true },
    } do
      local link_type, number, content, is_held = case[1], case[2], case[3], case[4]
      local dump = assert(nflogcap.dump_open(path, { link_type = link_type }))
      equal(dump:write(packet), true)
      equal(dump:write(arp), is_held)
      dump:flush()
      equal(dump:written(), is_held and 2 or 1)
      equal(dump:skipped(), is_held and 0 or 1)
      dump:close()
      local written = content_of(path)
      equal(math.max(written:byte(21, 24)), number) -- works for both byte orders
      equal(written:sub(41, 40 + #content), content)
    end
    local written = content_of(path)
    for _, case in ipairs {
      { { link_type = "frob" }, "link type 'frob' cannot be written; choose nflog, raw or ethernet" },
      { { link_type = 147 }, "link type '147'" },
      { { link_type = "raw\0" }, "contains a NUL" },
      { { link_type = {} }, "link_type must be an integer, not a table" },
      { { linktype = "raw" }, "no option 'linktype'; its options are link_type, format and compression" },
      { "raw", "a table of options, not a string" },
    } do
      refused(function() nflogcap.dump_open(path, case[1]) end, case[2])
      equal(content_of(path), written)
    end
  end)
end

function test.formats()
  recorded({ 5 }, function(path, packets)
    local by_name = path .. ".pcapng"
    for _, case in ipairs {
      { path, nil, false },
      { path, "pcapng", true },
      { by_name, nil, true },
      { by_name, "pcap", false },
      { path, "PCAPNG", true },
    } do
      local to, format, is_pcapng = case[1], case[2], case[3]
      local dump = assert(nflogcap.dump_open(to, { format = format }))
      dump:write(packets[1])
      dump:close()
      local written = content_of(to)
      equal(written:sub(1, 4) == "\10\13\13\10", is_pcapng)
      local has_name = written:find("\2\0\2\0lo\0\0", 1, true) or written:find("\0\2\0\2lo\0\0", 1, true)
      equal(has_name ~= nil, is_pcapng)
      capturing({ savefile = to }, function(capture) equal(capture:next().payload, packets[1].payload) end)
    end
    os.remove(by_name)
    local written = content_of(path)
    for _, case in ipairs {
      { { format = "pcapn" }, "format must be pcap or pcapng" },
      { { format = "pcap\0" }, "contains a NUL" },
      { { format = 2 }, "format must be a string, not a number" },
    } do
      refused(function() nflogcap.dump_open(path, case[1]) end, case[2])
      equal(content_of(path), written)
    end
  end)
end

function test.compressions()
  local gzip, zstd = "\31\139", "\40\181\47\253"
  recorded({ 5 }, function(path, packets)
    local plain = content_of(path):sub(1, 4)
    for _, case in ipairs {
      { "", nil, plain },
      { ".gz", nil, gzip },
      { ".zst", nil, zstd },
      { "", "gzip", gzip },
      { ".gz", "ZSTD", zstd },
      { ".zst", "none", plain },
    } do
      local extension, compression, magic = case[1], case[2], case[3]
      local to = path .. extension
      local dump = assert(nflogcap.dump_open(to, { compression = compression }))
      dump:write(packets[1])
      dump:close()
      equal(content_of(to):sub(1, #magic), magic)
      capturing({ savefile = to }, function(capture) equal(capture:next().payload, packets[1].payload) end)
      if extension ~= "" then os.remove(to) end
    end
    local written = content_of(path)
    refused(function() nflogcap.dump_open(path, { compression = "gz" }) end, "compression must be none, gzip or zstd")
    equal(content_of(path), written)
  end)
end

function test.dump_refused()
  recorded({ 5 }, function(path, packets)
    local dump = nflogcap.dump_open(path)
    refused(function() dump:write "bytes" end, "packet must be a packet")
    refused(function() dump.write(packets[1]) end, "with a colon")
    equal(dump:closed(), false)
    dump:close()
    dump:close()
    equal(dump:closed(), true)
    for _, use in ipairs {
      function() dump:write(packets[1]) end,
      function() dump:flush() end,
      function() dump:position() end,
      function() dump:written() end,
      function() dump:skipped() end,
    } do
      refused(use, "the savefile is closed")
    end
  end)
end

harness.run(arg)
