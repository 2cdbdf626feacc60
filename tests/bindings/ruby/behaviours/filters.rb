# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: filters in libpcap's language.

require_relative "../harness"

test "filter" do
  logged({ groups: 5, filter: "udp[8] = 0x61" }, "group 5") do |capture|
    payload = -> { udp_payload(capture.next(LONG)) }
    send_udp(PORT, "b", "a1", "b", "a2", "b3", "a4")
    equal([payload.call, payload.call], %w[a1 a2])
    capture.set_filter("udp[8] = 0x62")
    equal(payload.call, "b3")
    [nil, ""].each do |none|
      capture.set_filter("tcp")
      send_udp(PORT, "c")
      equal(capture.next(0.1), nil)
      capture.set_filter(none)
      send_udp(PORT, "d")
      equal(payload.call, "d")
    end
    stats = capture.stats
    equal([stats.received, stats.delivered, stats.filtered, stats.lost], [10, 5, 5, 0])
  end
end

test "wrong_filter" do
  raises(ArgumentError, "'udp prt 53'", "syntax error") { Nflogcap.open(5, filter: "udp prt 53") }
  equal(bound_groups, [])
  logged({ groups: 5, filter: "udp[8] = 0x61" }, "group 5") do |capture|
    [
      ["udp prt 53", ArgumentError, "syntax error"],
      ["udp and tcp", ArgumentError, "rejects all packets"],
      ["udp\0port", ArgumentError, "NUL"],
      [5, TypeError, "filter must be a String, not Integer"],
      [:udp, TypeError, "filter must be a String, not Symbol"]
    ].each { |wrong, kind, words| raises(kind, words) { capture.set_filter(wrong) } }
    send_udp(PORT, "b", "a")
    equal(udp_payload(capture.next(LONG)), "a")
  end
end

exit Live.run(TESTS, ARGV)
