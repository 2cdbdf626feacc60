# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: the language's loop over packets.

require_relative "../harness"

test "iterate" do
  logged({ groups: 5 }, "group 5") do |capture|
    send_udp(PORT, *numbered(1000))
    capture.stop
    equal(capture.map { |packet| udp_payload(packet) }, numbered(1000))
    equal([capture.to_a, capture.ended?], [[], true])
  end
end

test "close_in_loop" do
  with_rule(PORT, "group 5") do
    [-> {}, -> { sleep 0.001 until @capture.closed? }].each do |wait|
      @capture = Nflogcap.open(5)
      send_udp(PORT, "first", "second")
      taken = 0
      reader = Thread.new { @capture.each { wait.call if taken += 1 } }
      Timeout.timeout(LONG) { sleep 0.001 while taken.zero? }
      @capture.close
      Timeout.timeout(LONG) { reader.join }
    end
    capture = Nflogcap.open(5)
    send_udp(PORT, "first", "second")
    taken = []
    capture.each { |packet| taken << udp_payload(packet) && capture.close }
    equal(taken, ["first"])
  end
end

test "error_in_loop" do
  logged({ groups: 5 }, "group 5") do |capture|
    send_udp(PORT, "first", "second", "third")
    [ZeroDivisionError, EOFError].each_with_index do |kind, i|
      raises(kind, "mine") do
        capture.each do |packet|
          equal(udp_payload(packet), %w[first second][i])
          raise kind, "mine"
        end
      end
    end
    equal(udp_payload(capture.next(LONG)), "third")
  end
end

exit Live.run(TESTS, ARGV)
