-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: the fields of packets.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"
local nflogcap = require "nflogcap"

local LO = 1
local NETLINK_HEADER = 16
local TRACKED = arg[0]:gsub("[^/]*$", "") .. "../../../fuzz/corpus/dissect/conntrack-tcp"
local NFULA_TIMESTAMP, NFULA_SEQ, NFULA_SEQ_GLOBAL = 3, 12, 13
local PORT, capturing, logged, logged_packet, recorded, test
  = harness.PORT, harness.capturing, harness.logged, harness.logged_packet, harness.recorded, harness.test
local LONG, equal, refused = live.LONG, live.equal, live.refused

--- Returns the number that the bytes contain in big-endian order.
local function number(bytes)
  local value = 0
  for i = 1, #bytes do value = value * 256 + bytes:byte(i) end
  return value
end

function test.absent_fields()
  logged(5, "group 5", function(capture)
    live.send_and_ignore_refusal(PORT, "hi")
    local packet = capture:next(LONG)
    equal(packet.uid, 0)
    equal(packet.gid, 0)
    equal(packet.outdev, LO)
    equal(packet.prefix, "")
    for _, name in ipairs { "mark", "indev", "indev_name", "physindev", "physoutdev", "hw_type",
      "hw_address", "hw_header", "l2_header", "vlan_tci", "vlan_protocol", "ct", "ct_info" } do
      equal(packet[name], nil)
    end
    equal(math.floor(packet.present / nflogcap.HAS_MARK) % 2 == 1, false)
    equal(math.floor(packet.present / nflogcap.HAS_UID) % 2 == 1, true)
    equal(packet:attribute(2), nil)
    refused(function() packet:attribute(65536) end, "type 65536 is out of range")
    refused(function() packet:attribute() end, "type must be an integer")
    refused(function() packet.attribute(5, 1) end, "colon")
    refused(function() packet.mark = 1 end, "cannot be changed")
  end, { hook = "output" })
end

function test.unknown_field()
  local packet = logged_packet()
  refused(function() return packet.payloda end, "no field 'payloda'; did you mean 'payload'?")
  refused(function() return packet[1] end, "no field")
end

-- In Lua 5.2 and later, pairs(packet) visits the fields too.
function test.all_fields()
  local packet = logged_packet 'prefix "all: " group 5'
  local fields, count = packet:to_table(), 0
  for name, value in pairs(fields) do
    if name ~= "vlan_ids" then equal(packet[name], value) end
    count = count + 1
  end
  if count < 20 then error(count) end
  equal(fields.prefix, "all: ")
  equal(fields.destination_port, PORT)
  equal(fields.indev_name, "lo")
  equal(fields.icmp_type, nil)
  if _VERSION ~= "Lua 5.1" then
    for name, value in pairs(packet) do
      equal(fields[name], value)
      count = count - 1
    end
    equal(count, 0)
  end
end

function test.dissection()
  local packet = logged_packet()
  equal(packet.source, "127.0.0.1")
  equal(packet.destination, "127.0.0.1")
  equal(packet.ip_version, 4)
  equal(packet.protocol, 17)
  equal(packet.destination_port, PORT)
  equal(packet.source_port, number(packet.payload:sub(21, 22)))
  for _, name in ipairs { "tcp_flags", "icmp_type", "vlan_ids", "fragment_id" } do
    equal(packet[name], nil)
  end
  capturing({ groups = 5, tap = "icmp", hook = "output" }, function(capture)
    live.send(PORT, "nobody listens")
    local refusal = capture:next(LONG)
    equal(refusal.protocol, 1)
    equal(refusal.icmp_type, 3)
    equal(refusal.icmp_code, 3)
    equal(refusal.source_port, nil)
  end)
end

function test.conntrack()
  local file = assert(io.open(TRACKED, "rb"))
  local message = file:read "*a"
  file:close()
  local packet = nflogcap.parse_packet(message:sub(NETLINK_HEADER + 1), 0)
  local entry = packet.conntrack
  equal(entry.state, "established")
  equal(entry.direction, "reply")
  equal(entry.id, 0xa1b2c3d4)
  equal(entry.zone, 9)
  equal(entry.mark, 0x51525354)
  equal(entry.status, 0x19e)
  equal(entry.timeout, 431999)
  equal(entry.protocol_state, 3)
  equal(entry.protocol_state_name, "established")
  equal(entry.original.source, "10.0.0.7")
  equal(entry.original.source_port, 40001)
  equal(entry.reply.destination, "192.0.2.1")
  equal(entry.reply.destination_port, 61000)
  equal(entry.reply.protocol, 6)
  for _, name in ipairs { "icmp_type", "zone", "packets", "bytes" } do equal(entry.original[name], nil) end
  equal(packet:to_table().conntrack.reply.source_port, 443)
  equal(logged_packet().conntrack, nil)
end

function test.interface_names()
  local incoming, outgoing
  live.with_rule(PORT + 1, "group 5", function()
    logged(5, "group 5", function(capture)
      live.send(PORT, "in")
      incoming = capture:next(LONG)
      live.send_and_ignore_refusal(PORT + 1, "out")
      outgoing = capture:next(LONG)
    end)
  end, { hook = "output" })
  equal(incoming.indev, LO)
  equal(incoming.indev_name, "lo")
  equal(incoming.outdev_name, nil)
  equal(outgoing.outdev_name, "lo")
  equal(outgoing.indev_name, nil)
end

function test.binary_payload()
  local bytes = {}
  for byte = 0, 255 do bytes[byte + 1] = string.char(byte) end
  local payload = table.concat(bytes) .. "\0\0"
  logged(5, 'prefix "a\255\128b" group 5', function(capture)
    live.send(PORT, payload)
    local packet = capture:next(LONG)
    equal(live.udp_payload(packet), payload)
    equal(packet.prefix, "a\255\128b")
    equal(packet:frame(), packet.hw_header .. packet.payload)
  end)
end

function test.big_integers()
  logged(5, "group 5", function(capture)
    live.send(PORT, "a", "b")
    for i = 0, 1 do
      local packet = capture:next(LONG)
      local stamp = packet:attribute(NFULA_TIMESTAMP)
      local seconds, microseconds = number(stamp:sub(1, 8)), number(stamp:sub(9, 16))
      equal(packet.timestamp_ns, seconds * 1000000000 + microseconds * 1000)
      equal(math.abs(seconds - os.time()) < 60, true)
      equal(packet.mark, 0xffffffff)
      equal(packet.seq, i)
      equal(packet.seq, number(packet:attribute(NFULA_SEQ)))
      equal(packet.seq_global, number(packet:attribute(NFULA_SEQ_GLOBAL)))
    end
  end, { before = "meta mark set 0xffffffff" })
end

function test.packet_outlives()
  live.with_rule(PORT, 'prefix "kept: " group 5', function()
    local capture = nflogcap.open(5)
    live.send(PORT, "kept")
    local packet = capture:next(LONG)
    capture:close()
    capture = nil
    collectgarbage()
    collectgarbage()
    equal(live.udp_payload(packet), "kept")
    equal(packet.prefix, "kept: ")
    equal(packet.group, 5)
    equal(packet:frame():sub(-4), "kept")
    equal(packet.source, "127.0.0.1")
    equal(tostring(packet):find('"kept: " in lo', 1, true) ~= nil, true)
  end)
end

function test.equality()
  recorded({ 5, 6 }, function(path)
    local function read()
      local packets = {}
      for packet in nflogcap.open { savefile = path }:packets() do packets[#packets + 1] = packet end
      return packets
    end
    local same, again = read(), read()
    equal(rawequal(same[1], again[1]), false)
    equal(same[1] == again[1], true)
    equal(same[1] == same[2], false)
    equal(same[1] == io.stdout or same[1] == "a packet", false)
    local weak = setmetatable({ again[1] }, { __mode = "v" })
    equal(weak[1] == same[1], true)
    again = nil
    collectgarbage()
    collectgarbage()
    equal(weak[1], nil)
  end)
end

harness.run(arg)
