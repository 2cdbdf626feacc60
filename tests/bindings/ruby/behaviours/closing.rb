# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: closing a capture, and leaving nothing behind.

require_relative "../harness"

test "close_twice" do
  capture = Nflogcap.open(5)
  equal(capture.closed?, false)
  2.times { capture.close }
  equal([capture.closed?, capture.ended?, bound_groups], [true, true, []])
  equal(capture.inspect, "#<Nflogcap::Capture: closed>")
end

test "use_after_close" do
  capture = Nflogcap.open(5)
  capture.close
  %i[next fileno to_io wakeup stop stats to_a].each do |method|
    raises(IOError, "the capture is closed") { capture.public_send(method) }
  end
  raises(IOError, "the capture is closed") { capture.group_stats(5) }
  raises(IOError, "the capture is closed") { capture.set_filter("udp") }
end

test "collected" do
  # Many captures, because a stack may still refer to the last of them.
  groups = (1..50).to_a
  GC.disable
  -> { groups.each { |group| Nflogcap.open(group) } }.call
  equal(bound_groups.size, 50)
  GC.enable
  3.times { GC.start }
  raise "groups #{bound_groups} are still bound" if bound_groups.size > 2
end

test "no_growth" do
  packets = Integer(ENV.fetch("NFLOGCAP_TEST_PACKETS"))
  portion = 10_000
  resident = -> { File.read("/proc/self/status")[/VmRSS:\s*(\d+)/, 1].to_i * 1024 }
  read = lambda do |count|
    Nflogcap.open(5) do |capture|
      (count / portion).times do
        raise "send_udp failed" unless system(*SEND_UDP, PORT.to_s, "--count", portion.to_s)

        portion.times do
          packet = capture.next(LONG)
          [packet.payload, packet.prefix, packet.mark, packet.timestamp_ns, packet.indev_name]
        end
      end
      equal([capture.stats.received, capture.stats.lost], [count, 0])
    end
  end
  opens = ->(count) { count.times { Nflogcap.open(5).close } }
  with_rule(PORT, 'prefix "growth: " group 5') do
    # Ruby's own heap stops growing after some hundred thousand objects.
    read.call([packets, 200_000].min)
    opens.call(packets / 200)
    # Ruby's heap sometimes grows once more. A leak makes memory grow in every round.
    # With 100000 packets and 1000 captures, this limit is 42 bytes per packet, or 4 kB per capture.
    limit = [10 * packets, 4 << 20].max
    grown = []
    while grown.empty? || (grown.last >= limit && grown.size < 3)
      GC.start
      memory = resident.call
      descriptors = Dir.children("/proc/self/fd").size
      read.call(packets)
      opens.call(packets / 100)
      GC.start
      equal(Dir.children("/proc/self/fd").size, descriptors)
      grown << resident.call - memory
    end
    raise "memory grew by #{grown} bytes" unless grown.last < limit

    equal(bound_groups, [])
  end
end

exit Live.run(TESTS, ARGV)
