# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: which packets are delivered and counted.

require_relative "../harness"

test "several_groups" do
  with_rule(PORT + 1, "group 65535") do
    logged({ groups: [5, 65_535] }, "group 5") do |capture|
      send_udp(PORT, "a", "b")
      send_udp(PORT + 1, "c")
      packets = Array.new(3) { capture.next(LONG) }
      equal(packets.map { |packet| [packet.group, udp_payload(packet)] }.sort,
            [[5, "a"], [5, "b"], [65_535, "c"]])
      equal([capture.group_stats(5).received, capture.group_stats(65_535).received], [2, 1])
      equal(capture.stats.received, 3)
      raises(ArgumentError, "group 7") { capture.group_stats(7) }
      raises(TypeError, "group must be an Integer, not nil") { capture.group_stats(nil) }
    end
  end
end

test "change_groups" do
  with_rule(PORT + 1, "group 6") do
    logged({ groups: 5, flush_timeout: 3_600_000 }, "group 5") do |capture|
      send_udp(PORT + 1, "nobody has it")
      capture.add_group(6)
      send_udp(PORT + 1, "six")
      capture.remove_group(6)
      send_udp(PORT + 1, "nobody has it")
      equal(udp_payload(capture.next(LONG)), "six")
      equal(capture.group_stats(6).received, 1)
      raises(ArgumentError, "added before") { capture.add_group(5) }
      raises(RangeError, "65536") { capture.add_group(65_536) }
      raises(TypeError, "Integer") { capture.add_group("5") }
      raises(ArgumentError, "not captured") { capture.remove_group(6) }
      raises(RangeError, "-1") { capture.remove_group(-1) }
      send_udp(PORT, "five")
      capture.stop
      equal(udp_payload(capture.next(LONG)), "five")
    end
  end
end

test "two_captures" do
  with_rule(PORT + 1, "group 6") do
    logged({ groups: 5 }, "group 5") do |first|
      Nflogcap.open(6) do |second|
        send_udp(PORT + 1, "second")
        send_udp(PORT, "first")
        equal(udp_payload(first.next(LONG)), "first")
        equal(udp_payload(second.next(LONG)), "second")
        equal([first.next(0), second.next(0)], [nil, nil])
      end
    end
  end
end

test "stop" do
  logged({ groups: 5, flush_timeout: 3_600_000 }, "group 5") do |capture|
    send_udp(PORT, "held")
    capture.stop
    equal([udp_payload(capture.next(LONG)), capture.ended?], ["held", false])
    2.times { raises(EOFError, "ended") { capture.next(LONG) } }
    equal(capture.ended?, true)
  end
end

test "loss" do
  sent = 20_000
  logged({ groups: 5, socket_buffer: 4096, batch_size: 4096 }, "group 5") do |capture|
    send_udp(PORT, *["x" * 64] * sent)
    sleep 0.1 # within this time the kernel delivers the packets that it collected
    packets = []
    while (packet = capture.next(0))
      packets << packet
    end
    send_udp(PORT, "this packet shows the loss before it")
    capture.stop
    packets.concat(capture.to_a)
    lost = packets.sum(&:lost_before)
    raise "nothing was lost" unless capture.stats.lost.positive?

    equal(packets.size + lost, sent + 1)
    equal([capture.stats.received, capture.stats.lost], [packets.size, lost])
  end
end

exit Live.run(TESTS, ARGV)
