# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: opening a capture, and the errors of open.

require_relative "../harness"

test "open" do
  with_rule(PORT, "group 5") do
    [-> { Nflogcap.open(5) }, -> { Nflogcap.open(groups: 5) }, -> { Nflogcap.open(groups: [5]) }].each do |open|
      capture = open.call
      send_udp(PORT, *numbered(100))
      equal(Array.new(100) { udp_payload(capture.next(LONG)) }, numbered(100))
      capture.close
    end
    equal(Nflogcap.open(5) { |capture| [capture.closed?, 42] }, [false, 42])
  end
end

test "busy_group" do
  Nflogcap.open(5) do
    raises(Errno::EPERM, "group 5", "(this process)") { Nflogcap.open(groups: [6, 5]) }
    equal(bound_groups, [5])
  end
end

test "permission" do
  raises(Errno::EPERM, "CAP_NET_ADMIN", "group 5") { Nflogcap.open(5) }
end

test "options" do
  options = {
    groups: 5, snaplen: 24, delivery: Nflogcap::IMMEDIATE, queue_threshold: 1, flush_timeout: 0,
    batch_size: 8192, socket_buffer: 65_536, conntrack: false, netns: "/proc/self/ns/net",
    filter: "udp"
  }
  logged(options, "group 5") do |capture|
    send_udp(PORT, "x" * 100)
    packet = capture.next(LONG)
    equal([packet.payload.bytesize, packet.wire_length], [24, 128])
    equal(capture.stats.delivery, Nflogcap::IMMEDIATE)
    equal(capture.stats.socket_buffer, 2 * 65_536)
    equal(capture.stats.socket_buffer_used, 0)
  end
end

test "bad_values" do
  [
    [{ groups: "five" }, TypeError, "groups must be an Integer, not String"],
    [{ groups: nil }, ArgumentError, "no group"],
    [{ groups: 5.5 }, TypeError, "not Float"],
    [{ groups: [5, "6"] }, TypeError, "not String"],
    [{ groups: -1 }, RangeError, "cannot set the groups to -1: it must be 0 to 65535"],
    [{ groups: 65_536 }, RangeError, "cannot set the groups to 65536"],
    [{ groups: 10**30 }, RangeError, "cannot set the groups to"],
    [{ groups: -(10**30) }, RangeError, "cannot set the groups to"],
    [{ groups: [] }, ArgumentError, "no group"],
    [{ groups: [5, 5] }, ArgumentError, "group 5: it was added before"],
    [{ groups: 5, snaplen: -1 }, RangeError, "cannot set the snaplen to -1: it must be 0 to 65531 bytes"],
    [{ groups: 5, snaplen: 65_532 }, RangeError, "cannot set the snaplen to 65532"],
    [{ groups: 5, snaplen: 9.5 }, TypeError, "snaplen must be an Integer, not Float"],
    [{ groups: 5, snaplen: "96" }, TypeError, "snaplen must be an Integer, not String"],
    [{ groups: 5, socket_buffer: 2**64 }, RangeError, "socket_buffer"],
    [{ groups: 5, delivery: 77 }, ArgumentError, "77"],
    [{ groups: 5, netns: 5 }, TypeError, "netns"],
    [{ groups: 5, netns: "/no/such/file" }, Errno::ENOENT, "/no/such/file"]
  ].each { |options, kind, words| raises(kind, words) { Nflogcap.open(**options) } }
  raises(ArgumentError, "twice") { Nflogcap.open(5, groups: 6) }
  equal(bound_groups, [])
end

test "unknown_option" do
  raises(ArgumentError, "'snap_len'", "'snaplen'") { Nflogcap.open(5, snap_len: 96) }
  equal(bound_groups, [])
end

test "netns" do
  plain = { "LD_PRELOAD" => nil }
  holder = Process.spawn(plain, "unshare", "--net", "sleep", "60")
  begin
    path = "/proc/#{holder}/ns/net"
    here = File.readlink("/proc/self/ns/net")
    sleep 0.001 while File.readlink(path) == here
    inside = ["nsenter", "--net=#{path}"]
    rules = "table ip t { chain c { type filter hook output priority 0; udp dport #{PORT} log group 5; }; }"
    raise "ip" unless system(plain, *inside, "ip", "link", "set", "lo", "up")
    raise "nft" unless system(plain, *inside, "nft", rules)

    Nflogcap.open(5, netns: path) do |capture|
      Nflogcap.open(5) do # in this namespace group 5 is free
        raise "send_udp" unless system(*inside, *SEND_UDP, PORT.to_s, "6869")

        equal(udp_payload(capture.next(LONG)), "hi")
      end
    end
  ensure
    Process.kill("KILL", holder)
    Process.wait(holder)
  end
end

exit Live.run(TESTS, ARGV)
