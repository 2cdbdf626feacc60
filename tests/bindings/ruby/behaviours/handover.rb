# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: a capture that another process continues.

require_relative "../harness"

# This program inherits the descriptors and adopts the capture. It prints two packets, or the error.
ADOPTER = <<~RUBY
  require "nflogcap"
  begin
    Nflogcap.adopt(ARGV.map(&:to_i), groups: 5) do |capture|
      packets = Array.new(2) { capture.next(#{LONG}) }
      print packets.map { |packet| packet.payload.byteslice(28..) }, " ", capture.stats.lost
    end
  rescue Errno::EBUSY => e
    print "busy: ", e.message
  end
RUBY

# Returns duplicates of the capture's descriptors. A process that adopts the capture gets such duplicates.
def handed_out(capture)
  capture.descriptors.map do |descriptor|
    copy = IO.for_fd(descriptor, autoclose: false).dup
    copy.autoclose = false
    copy.fileno
  end
end

def close_all(descriptors)
  descriptors.each { |descriptor| IO.for_fd(descriptor).close }
end

# Hands the capture over, and checks that no packet is left to read.
def finish(capture)
  capture.hand_over
  equal([capture.to_a, capture.ended?], [[], true])
  capture.close
end

test "hand_over" do
  with_rule(PORT, "group 6") do
    capture = Nflogcap.open([5, 6], tap: "udp dport #{PORT}", hook: "output")
    equal([capture.groups, capture.tap_group], [[5, 6], 5])
    send_udp(PORT, "0", "1", "2")
    6.times { capture.next(LONG) }
    equal([capture.expected(5), capture.expected(6)], [3, 3])
    descriptors = handed_out(capture)
    finish(capture)
    send_udp(PORT, "3", "4")
    Nflogcap.adopt(descriptors, snaplen: 96) do |second|
      equal([second.groups, second.tap_group], [[5, 6], 5])
      equal([second.expected(5), second.expected(6)], [3, 3])
      send_udp(PORT, "5")
      packets = Array.new(6) { second.next(LONG) }
      [5, 6].each do |group|
        of_group = packets.select { |packet| packet.group == group }
        equal(of_group.map { |packet| [packet.seq, udp_payload(packet)] }, [[3, "3"], [4, "4"], [5, "5"]])
      end
      equal([second.next(0), second.stats.lost], [nil, 0])
      second.remove_taps
      equal(second.tap_group, nil)
    end
    equal(bound_groups, [])
  end
end

test "hand_over_process" do
  with_rule(PORT, "group 5") do
    capture = Nflogcap.open(5)
    descriptors = handed_out(capture)
    said_by_adopter = lambda do
      IO.popen([RbConfig.ruby, *$LOAD_PATH.map { |path| "-I#{path}" }, "-e", ADOPTER, *descriptors.map(&:to_s),
                descriptors.to_h { |descriptor| [descriptor, descriptor] }], &:read)
    end
    said = said_by_adopter.call
    raise said unless said.start_with?("busy: ") && said.include?("process #{Process.pid}")

    send_udp(PORT, "here")
    equal(udp_payload(capture.next(LONG)), "here")
    finish(capture)
    send_udp(PORT, "there", "too")
    equal(said_by_adopter.call, '["there", "too"] 0')
    close_all(descriptors)
    equal(bound_groups, [])
  end
end

test "bad_descriptors" do
  capture = Nflogcap.open(5)
  descriptors = handed_out(capture)
  File.open(File::NULL) do |file|
    [
      [[], ArgumentError, "none of the descriptors has the state"],
      [[1234], ArgumentError, "descriptor 1234 is not open"],
      [[-1], RangeError, "descriptor -1 is out of range"],
      [[2**64], RangeError, "descriptor is out of range"],
      [[file.fileno], ArgumentError, "is not the shared memory of a capture"],
      [[*descriptors, file.fileno], ArgumentError, "is neither a netfilter socket"],
      [["5"], TypeError, "descriptor must be an Integer, not String"],
      [5, TypeError, "descriptors must be an Array, not Integer"]
    ].each { |wrong, kind, words| raises(kind, words) { Nflogcap.adopt(wrong) } }
  end
  finish(capture)
  raises(ArgumentError, "the groups 5 as one of the groups 7") { Nflogcap.adopt(descriptors, groups: 7) }
  raises(ArgumentError, "snaplne", "snaplen") { Nflogcap.adopt(descriptors, snaplne: 96) }
  last = with_rule(PORT, "group 5") do
    Nflogcap.adopt(descriptors) do |second|
      send_udp(PORT, "as it was")
      equal(udp_payload(second.next(LONG)), "as it was")
      copies = handed_out(second)
      second.stop
      equal(second.to_a, [])
      copies
    end
  end
  raises(Errno::ENODATA, "it has ended") { Nflogcap.adopt(last) }
  close_all(last)
end

test "expect" do
  with_rule(PORT, "group 5") do
    capture = Nflogcap.open(5)
    send_udp(PORT, *["x"] * 10)
    10.times { capture.next(LONG) }
    [
      [7, 0, ArgumentError, "group 7", "not captured"],
      [65_536, 0, RangeError, "group 65536 is out of range"],
      [5, -1, RangeError, "seq -1 is out of range"],
      [5, 2**32, RangeError, "seq 4294967296 is out of range"]
    ].each { |group, seq, kind, *words| raises(kind, *words) { capture.expect(group, seq) } }
    raises(ArgumentError, "not captured") { capture.expected(7) }
    capture.expect(5, 6)
    descriptors = handed_out(capture)
    finish(capture)
    second = Nflogcap.adopt(descriptors)
    equal(second.expected(5), 6)
    second.expect(5, 8)
    send_udp(PORT, "x")
    packet = second.next(LONG)
    equal([packet.seq, packet.lost_before, second.stats.lost], [10, 2, 2])
    descriptors = handed_out(second)
    second.expect(5, 7)
    finish(second)
    Nflogcap.adopt(descriptors) do |third|
      send_udp(PORT, "x")
      packet = third.next(LONG)
      equal([packet.seq, packet.lost_before, third.stats.lost], [11, 4, 4])
    end
  end
end

exit Live.run(TESTS, ARGV)
