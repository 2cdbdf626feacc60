# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: taps.

require_relative "../harness"

def ruleset
  IO.popen([{ "LD_PRELOAD" => nil }, "nft", "list", "ruleset"], &:read)
end

test "tap" do
  before = ruleset
  udp = "udp dport #{PORT}"
  [[udp, 1], [[udp, "udp dport { #{PORT}, 9 }"], 2]].each do |taps, copies|
    Nflogcap.open(tap: taps, hook: "output", snaplen: 96) do |capture|
      equal(capture.tap_group, 65_535)
      send_udp(PORT, "tapped")
      copies.times do
        packet = capture.next(LONG)
        equal([packet.group, packet.hook, udp_payload(packet)], [65_535, 3, "tapped"])
      end
      equal(ruleset.include?("nflogcap-65535"), true)
    end
  end
  Nflogcap.open(5, tap: udp, hook: "ingress:lo") { |capture| equal(capture.tap_group, 5) }
  Nflogcap.open(tap: "") do |capture|
    send_udp(PORT, "anything")
    equal(Array.new(2) { capture.next(LONG).hook }, [3, 0])
  end
  Nflogcap.open(5) { |capture| equal(capture.tap_group, nil) }
  equal(ruleset, before)
end

test "bad_tap" do
  [
    [{ tap: "udp dprt 9" }, ArgumentError, "nft says", "at 'dprt'"],
    [{ tap: "udp dport 9 drop" }, ArgumentError, "at 'drop'"],
    [{ tap: "meta mark set 5" }, ArgumentError, "does more than match"],
    [{ tap: "udp dport 9; drop" }, ArgumentError, "this one contains ;"],
    [{ tap: "udp dport 9\0" }, ArgumentError, "tap contains a NUL"],
    [{ tap: 9 }, TypeError, "tap must be a String, not Integer"],
    [{ tap: ["udp", 9] }, TypeError, "tap must be a String, not Integer"],
    [{ tap: "udp", hook: "somewhere" }, ArgumentError, "cannot tap at 'somewhere'"],
    [{ tap: "udp", hook: "input\0" }, ArgumentError, "hook contains a NUL"],
    [{ tap: "udp", hook: 1 }, TypeError, "hook must be a String, not Integer"],
    [{ tap: "udp", hook: "ingress:eth7" }, Errno::ENODEV, "no such device"],
    [{ groups: 5, hook: "input" }, ArgumentError, "has no tap"],
    [{ tap: [] }, ArgumentError, "no group"]
  ].each { |options, kind, *words| raises(kind, *words) { Nflogcap.open(**options) } }
  equal(bound_groups, [])
  equal(ruleset, "")
end

test "change_taps" do
  udp = "udp dport #{PORT}"
  with_rule(PORT + 1, "group 6") do
    Nflogcap.open(6) do |capture|
      equal(capture.tap_group, nil)
      capture.add_tap(udp, hook: "output", tap_prefix: "tap: ", tap_priority: "raw", tap_sample: 2)
      equal(capture.tap_group, 6)
      equal(ruleset.include?("priority raw"), true)
      send_udp(PORT, *["sampled"] * 4)
      equal(Array.new(2) { capture.next(LONG).prefix }, ["tap: "] * 2)
      capture.add_tap(udp, hook: "input", tap_limit: "1/day burst 3 packets")
      capture.remove_tap(udp, hook: "output")
      send_udp(PORT, *["limited"] * 5)
      equal(Array.new(3) { capture.next(LONG).prefix }, [""] * 3)
      before = ruleset
      [
        ["udp dprt 9", {}, ArgumentError, "nft says"],
        [udp, { hook: "somewhere" }, ArgumentError, "cannot tap at 'somewhere'"],
        [udp, { tap_limit: "often" }, ArgumentError, "the limit 'often'"],
        [udp, { tap_priority: "late" }, ArgumentError, "the priority 'late'"],
        [udp, { tap_prefix: "x" * 128 }, ArgumentError, "up to 127 bytes"],
        [udp, { tap_sample: 0 }, RangeError, "tap_sample"],
        [udp, { tap_sample: "2" }, TypeError, "tap_sample must be an Integer"],
        [9, {}, TypeError, "tap must be a String"]
      ].each { |match, options, kind, *words| raises(kind, *words) { capture.add_tap(match, **options) } }
      raises(ArgumentError, "no tap has this match and hook") { capture.remove_tap(udp, hook: "output") }
      equal(ruleset, before)
      send_udp(PORT + 1, "goes on")
      equal(udp_payload(capture.next(LONG)), "goes on")
      capture.remove_tap(udp, hook: "input")
      equal([capture.tap_group, capture.next(0)], [nil, nil])
    end
  end
end

exit Live.run(TESTS, ARGV)
