# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: the fields of packets.

require "weakref"
require_relative "../harness"

LO = 1
NETLINK_HEADER = 16
TRACKED = File.expand_path("../../../fuzz/corpus/dissect/conntrack-tcp", __dir__)
NFULA_TIMESTAMP = 3
NFULA_SEQ = 12
NFULA_SEQ_GLOBAL = 13

test "absent_fields" do
  logged({ groups: 5 }, "group 5", hook: "output") do |capture|
    send_and_ignore_refusal(PORT, "hi")
    packet = capture.next(LONG)
    equal([packet.uid, packet.gid, packet.outdev, packet.prefix], [0, 0, LO, ""])
    %i[ct hw_address hw_header hw_type indev indev_name mark vlan_tci].each do |name|
      equal(packet.public_send(name), nil)
      equal(packet.to_h.fetch(name), nil)
    end
    equal(packet.present & Nflogcap::HAS_MARK, 0)
    equal(packet.present & Nflogcap::HAS_UID, Nflogcap::HAS_UID)
    equal(packet.attribute(2), nil)
    raises(RangeError, "type 65536 is out of range") { packet.attribute(65_536) }
  end
end

test "unknown_field" do
  packet = logged_packet
  raises(NoMethodError, "payloda") { packet.payloda }
end

test "all_fields" do
  packet = logged_packet('prefix "all: " group 5')
  fields = packet.to_h
  equal(fields.keys, Nflogcap::Packet::FIELDS)
  equal(fields.values, fields.keys.map { |name| packet.public_send(name) })
  equal(fields.values_at(:prefix, :destination_port, :indev_name, :icmp_type), ["all: ", PORT, "lo", nil])
end

test "dissection" do
  packet = logged_packet
  equal([packet.source, packet.destination, packet.ip_version], ["127.0.0.1", "127.0.0.1", 4])
  equal([packet.protocol, packet.destination_port, packet.transport_offset], [17, PORT, 20])
  equal(packet.source_port, packet.payload.unpack1("n", offset: 20))
  equal([packet.tcp_flags, packet.icmp_type, packet.vlan_ids, packet.fragment_id], [nil] * 4)
  refusal = Nflogcap.open(5, tap: "icmp", hook: "output") do |capture|
    send_udp(PORT, "nobody listens")
    capture.next(LONG)
  end
  equal([refusal.protocol, refusal.icmp_type, refusal.icmp_code], [1, 3, 3])
  equal([refusal.source_port, refusal.to_h[:icmp_type]], [nil, 3])
end

test "conntrack" do
  message = File.binread(TRACKED)
  packet = Nflogcap.parse_packet(message.byteslice(NETLINK_HEADER..), 0)
  entry = packet.conntrack
  equal([entry.state, entry.direction], %w[established reply])
  equal([entry.id, entry.zone, entry.mark], [0xa1b2c3d4, 9, 0x51525354])
  equal([entry.status, entry.timeout], [0x19e, 431_999])
  equal([entry.protocol_state, entry.protocol_state_name], [3, "established"])
  original, reply = entry.original, entry.reply
  equal([original.source, original.source_port], ["10.0.0.7", 40_001])
  equal([reply.destination, reply.destination_port, reply.protocol], ["192.0.2.1", 61_000, 6])
  equal([original.icmp_type, original.zone, reply.packets, reply.bytes], [nil] * 4)
  equal([entry.class, original.class, entry.frozen?], [Nflogcap::Conntrack, Nflogcap::ConntrackTuple, true])
  case packet
  in { conntrack: { original: { source: } } } then equal(source, "10.0.0.7")
  end
  equal(packet.to_h.fetch(:conntrack), entry)
  equal(logged_packet.conntrack, nil)
end

test "interface_names" do
  incoming = outgoing = nil
  with_rule(PORT + 1, "group 5", hook: "output") do
    logged({ groups: 5 }, "group 5") do |capture|
      send_udp(PORT, "in")
      incoming = capture.next(LONG)
      send_and_ignore_refusal(PORT + 1, "out")
      outgoing = capture.next(LONG)
    end
  end
  equal([incoming.indev, incoming.indev_name, incoming.outdev_name], [LO, "lo", nil])
  equal([outgoing.outdev, outgoing.outdev_name, outgoing.indev_name], [LO, "lo", nil])
end

test "binary_payload" do
  payload = (0..255).to_a.pack("C*") + "\0\0".b
  logged({ groups: 5 }, "prefix \"a\xFF\x80b\" group 5") do |capture|
    send_udp(PORT, payload)
    packet = capture.next(LONG)
    equal(udp_payload(packet), payload)
    equal(packet.payload.encoding, Encoding::BINARY)
    equal([packet.prefix.b, packet.prefix.valid_encoding?], ["a\xFF\x80b".b, false])
    equal(packet.frame, packet.hw_header + packet.payload)
  end
end

test "big_integers" do
  logged({ groups: 5 }, "group 5", before: "meta mark set 0xffffffff") do |capture|
    send_udp(PORT, "a", "b")
    2.times do |number|
      packet = capture.next(LONG)
      seconds, microseconds = packet.attribute(NFULA_TIMESTAMP).unpack("Q>Q>")
      equal(packet.timestamp_ns, seconds * 10**9 + microseconds * 1000)
      raise "the packet's time #{seconds} is not now" unless (seconds - Time.now.to_i).abs < 60

      equal(packet.mark, 0xffffffff)
      equal(packet.seq, number)
      equal([packet.seq].pack("N"), packet.attribute(NFULA_SEQ))
      equal([packet.seq_global].pack("N"), packet.attribute(NFULA_SEQ_GLOBAL))
    end
  end
end

test "packet_outlives" do
  packet = nil
  logged({ groups: 5 }, 'prefix "kept: " group 5') do |capture|
    send_udp(PORT, "kept")
    packet = capture.next(LONG)
  end
  3.times { GC.start }
  equal([udp_payload(packet), packet.prefix, packet.group], ["kept", "kept: ", 5])
  equal(packet.frame[-4..], "kept")
  equal(packet.inspect, '#<Nflogcap::Packet: group 5, prefix "kept: ", 32 of 32 bytes>')
end

test "equality" do
  recorded(5, 6) do |path, _|
    same, again = Array.new(2) { Nflogcap.open(savefile: path, &:to_a) }
    equal(same, again)
    equal([same[0].eql?(again[0]), same[0].hash == again[0].hash, same[0].equal?(again[0])], [true, true, false])
    equal([same[0] == same[1], same[0] == "a packet", same[0] != again[0]], [false, false, false])
    weak = WeakRef.new(same[0]) # its end is not tested, because the collector may keep the packet
    equal(weak.payload, again[0].payload)
  end
end

exit Live.run(TESTS, ARGV)
