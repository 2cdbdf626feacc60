# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# The behaviours of ../behaviours.txt, in Ruby.

require "json"
require "pathname"
require "tmpdir"
require "weakref"
require_relative "live"
include Live # rubocop:disable Style/MixinUsage

LO = 1
NFULA_TIMESTAMP = 3
NFULA_SEQ = 12
NFULA_SEQ_GLOBAL = 13
TESTS = {} # rubocop:disable Style/MutableConstant

def test(name, &body)
  TESTS[name] = body
end

def logged(options, log, **how)
  with_rule(PORT, log, **how) { Nflogcap.open(**options) { |capture| yield capture } }
end

def numbered(count)
  (0...count).map(&:to_s)
end

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
      Nflogcap.open(5) do # here it is free
        raise "send_udp" unless system(*inside, *SEND_UDP, PORT.to_s, "6869")

        equal(udp_payload(capture.next(LONG)), "hi")
      end
    end
  ensure
    Process.kill("KILL", holder)
    Process.wait(holder)
  end
end

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
    [{ tap: "udp dport 9; drop" }, ArgumentError, "this has ;"],
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

def logged_packet(log = "group 5", payload = "x")
  logged({ groups: 5 }, log) do |capture|
    send_udp(PORT, payload)
    capture.next(LONG)
  end
end

test "unknown_field" do
  packet = logged_packet
  raises(NoMethodError, "payloda") { packet.payloda }
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

test "text" do
  line = logged_packet('prefix "web: " group 5').to_s
  ["group 5", "web: ", "in lo", "UDP 127.0.0.1:", " > 127.0.0.1:#{PORT}"].each do |part|
    raise line unless line.include?(part)
  end
  equal([line.encoding, line.lines.size], [Encoding::UTF_8, 1])
end

test "json" do
  packet = logged_packet("prefix \"\xff\\\\\" group 5", "\0")
  said = JSON.parse(packet.to_json)
  %w[group timestamp_ns source destination_port indev_name wire_length].each do |name|
    equal(said.fetch(name), packet.public_send(name))
  end
  equal([said["payload"]].pack("H*"), packet.payload)
  equal([said.key?("icmp_type"), packet.to_json.lines.size], [false, 1])
  equal(JSON.parse(JSON.generate("all" => [packet])), { "all" => [said] })
end

test "batch" do
  logged({ groups: 5 }, 'prefix "many: " group 5', before: "meta mark set 7") do |capture|
    equal([capture.read_batch(0), capture.read_batch(timeout: 0)], [nil, nil])
    send_udp(PORT, *numbered(100))
    capture.stop
    batch = capture.read_batch(timeout: LONG)
    equal([batch.class, batch.size, batch.length, batch.inspect],
          [Nflogcap::Batch, 100, 100, "#<Nflogcap::Batch: 100 packets>"])
    equal(batch.map { |packet| udp_payload(packet) }, numbered(100))
    equal([batch[0], batch[-1], batch[98..200], batch[-2, 5]].flatten.map { |packet| udp_payload(packet) },
          %w[0 99 98 99 98 99])
    equal([batch[100], batch[-101], batch[101..]], [nil, nil, nil])
    raises(TypeError) { batch["0"] }
    equal(batch.payloads, batch.map(&:payload))
    Nflogcap::Packet::FIELDS.each do |field|
      equal([batch.column(field), batch.column(field.to_s)], [batch.map(&field)] * 2)
    end
    raises(ArgumentError, "there is no field 'marc'; did you mean 'mark'") { batch.column(:marc) }
    raises(TypeError) { batch.column(5) }
    raises(EOFError, "ended") { capture.read_batch }
    capture.close
    GC.start
    equal([batch[99].indev_name, batch.first.mark, batch.each.size], ["lo", 7, 100])
    raises(IOError, "closed") { capture.read_batch }
  end
end

test "loop_of_batches" do
  logged({ groups: 5 }, "group 5") do |capture|
    send_udp(PORT, *numbered(1000))
    capture.stop
    equal(capture.each_batch.sum(&:size), 1000)
    equal(capture.each_batch.to_a, [])
    capture.close
    raises(IOError, "closed") { capture.each_batch { nil } }
  end
  logged({ groups: 5 }, "group 5") do |capture|
    capture.wakeup
    equal(capture.each_batch { raise "there is none" }, capture)
    send_udp(PORT, "x")
    sizes = []
    capture.each_batch { |batch| (sizes << batch.size) && capture.close }
    equal(sizes, [1])
  end
  Nflogcap.open(5) do |capture|
    waiter = Thread.new { capture.each_batch.to_a }
    await_sleep(waiter)
    capture.close
    equal(waiter.value, [])
  end
end

test "all_fields" do
  packet = logged_packet('prefix "all: " group 5')
  fields = packet.to_h
  equal(fields.keys, Nflogcap::Packet::FIELDS)
  equal(fields.values, fields.keys.map { |name| packet.public_send(name) })
  equal(fields.values_at(:prefix, :destination_port, :indev_name, :icmp_type), ["all: ", PORT, "lo", nil])
end

HOSTILE = "a\e[31m\u009b\u202e\x7f"
ESCAPED = 'a\x1b[31m\xc2\x9b\xe2\x80\xae\x7f'

test "hostile_text" do
  packet = logged_packet("prefix \"#{HOSTILE}\" group 5")
  harmless = ->(text) { raise text.dump if text.match?(/[\p{Cc}\u202e]/) || !text.valid_encoding? }
  [
    [ArgumentError, -> { Nflogcap.open(5, filter: HOSTILE) }],
    [ArgumentError, -> { Nflogcap.open(5, delivery: HOSTILE) }],
    [ArgumentError, -> { Nflogcap.open(5, tap: "udp", hook: HOSTILE) }],
    [Errno::ENOENT, -> { Nflogcap.open(5, netns: "/no/such/#{HOSTILE}") }],
    [ArgumentError, -> { Nflogcap.open(5, "#{HOSTILE}": 1) }],
    [Errno::ENOENT, -> { Nflogcap.open(savefile: "/no/such/#{HOSTILE}") }],
    [Errno::ENOENT, -> { Nflogcap.dump_open("/no/such/#{HOSTILE}") }]
  ].each { |kind, call| harmless.call(raises(kind, ESCAPED, &call).message) }
  equal(packet.prefix, HOSTILE)
  raise packet.to_s.dump unless packet.to_s.include?(ESCAPED)

  [packet.to_s, packet.inspect, packet.to_json].each(&harmless)
  equal(JSON.parse(packet.to_json)["prefix"], HOSTILE)
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
      raise "#{seconds} is long ago" unless (seconds - Time.now.to_i).abs < 60

      equal(packet.mark, 0xffffffff)
      equal(packet.seq, number)
      equal([packet.seq].pack("N"), packet.attribute(NFULA_SEQ))
      equal([packet.seq_global].pack("N"), packet.attribute(NFULA_SEQ_GLOBAL))
    end
  end
end

test "timeout" do
  Nflogcap.open(5) do |capture|
    [0, 0.05, 1r / 20].each do |timeout|
      before = now
      equal(capture.next(timeout), nil)
      took = now - before
      raise "#{took} seconds" unless took >= timeout && took < timeout + 5
    end
    [-1, Float::NAN].each { |bad| raises(ArgumentError, "timeout") { capture.next(bad) } }
    ["1", 1i].each { |bad| raises(TypeError, "timeout") { capture.next(bad) } }
    equal(capture.ended?, false)
  end
end

test "wakeup" do
  logged({ groups: 5 }, "group 5") do |capture|
    2.times { capture.wakeup }
    equal([capture.next(LONG), capture.ended?], [nil, false])
    capture.wakeup
    equal(capture.to_a, [])
    send_udp(PORT, "still there")
    equal(udp_payload(capture.next(LONG)), "still there")
  end
end

test "interrupt" do
  Nflogcap.open(5) do |capture|
    [-> { capture.next }, -> { capture.each { nil } }, -> { capture.next(LONG) }, -> { capture.read_batch },
     -> { capture.each_batch { nil } }].each do |wait|
      killer = Thread.new do
        await_sleep(Thread.main)
        Process.kill("INT", Process.pid)
      end
      raises(Interrupt) { wait.call }
      killer.join
    end
    equal(capture.next(0), nil)
  end
end

test "rejected_flood" do
  # Each term is true of no packet, and costs time.
  slow = (16...72).to_a.product((1..8).to_a).map { |at, value| "udp[#{at}] = #{value}" }.join(" or ")
  logged({ groups: 5, filter: slow }, "group 5") do |capture|
    flood = Process.spawn(*SEND_UDP, PORT.to_s, "--count", "100000000")
    begin
      equal(capture.next(0.1), nil) while capture.stats.filtered < 10_000
      begun = now
      equal([capture.next(0), capture.next(0.2)], [nil, nil])
      killer = Thread.new do
        sleep 0.2
        Process.kill("INT", Process.pid)
      end
      raises(Interrupt) { capture.next(LONG) }
      killer.join
      took = now - begun
      raise "it took #{took} s" unless took.between?(0.4, 5)
    ensure
      Process.kill("KILL", flood)
      Process.wait(flood)
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
    sleep 0.1 # the kernel flushes what it gathered
    packets = []
    while (packet = capture.next(0))
      packets << packet
    end
    send_udp(PORT, "the last shows the gap before it")
    capture.stop
    packets.concat(capture.to_a)
    lost = packets.sum(&:lost_before)
    raise "nothing was lost" unless capture.stats.lost.positive?

    equal(packets.size + lost, sent + 1)
    equal([capture.stats.received, capture.stats.lost], [packets.size, lost])
  end
end

test "event_wait" do
  logged({ groups: 5 }, "group 5") do |capture|
    equal(IO.select([capture], nil, nil, 0), nil)
    send_udp(PORT, *numbered(10))
    10.times do |number| # what the kernel delivers in one batch is queued in the library
      equal(IO.select([capture], nil, nil, LONG)&.first, [capture])
      equal(udp_payload(capture.next(0)), number.to_s)
    end
    equal(IO.select([capture.to_io], nil, nil, 0.05), nil)
    equal(capture.to_io.fileno, capture.fileno)
    capture.stop
    equal(IO.select([capture], nil, nil, LONG)&.first, [capture])
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

# With a savefile of a packet to each of the groups, and the packets.
def recorded(*groups)
  packets = groups.map do |group|
    logged({ groups: group }, "prefix \"kept: \" group #{group}") do |capture|
      send_udp(PORT, "x" * 100)
      capture.next(LONG)
    end
  end
  Dir.mktmpdir do |directory|
    path = Pathname(directory) + "x.pcap"
    Nflogcap.dump_open(path) do |dump|
      packets.each { |packet| dump.write(packet) }
      equal(dump.written, 0)
      dump.flush
      equal([dump.written, dump.position], [packets.size, path.size])
    end
    yield path, packets
  end
end

def fields_of(packet)
  packet.to_h.reject { |name, _| name.to_s.end_with?("_name") }
end

test "savefile" do
  recorded(5, 5) do |path, packets|
    Nflogcap.open(savefile: path) do |capture|
      again = capture.to_a
      equal(again.map { |packet| fields_of(packet) }, packets.map { |packet| fields_of(packet) })
      equal([again.first.indev_name, capture.ended?], [nil, true])
    end
  end
end

test "savefile_groups" do
  recorded(5, 6, 5) do |path, _|
    Nflogcap.open(5, savefile: path.to_s) do |capture|
      equal(capture.map(&:group), [5, 5])
      stats = capture.stats
      equal([stats.received, stats.delivered, stats.filtered, stats.lost], [3, 2, 1, 0])
    end
    Nflogcap.open(savefile: path) { |capture| equal(capture.map(&:group), [5, 6, 5]) }
  end
end

test "parse_packet" do
  recorded(5) do |path, (packet)|
    content = path.binread
    record = content.byteslice(40..)
    again = Nflogcap.parse_packet(record, packet.timestamp_ns)
    equal(fields_of(again), fields_of(packet))
    equal([again.indev_name, again.frame], [nil, packet.frame])
    equal(Nflogcap.parse_packet(record.byteslice(0...-8), 7).timestamp_ns, 7)
    ["", "no record at all", content].each do |wrong|
      raises(ArgumentError, "no record of LINKTYPE_NFLOG") { Nflogcap.parse_packet(wrong, 1) }
    end
    raises(RangeError, "timestamp_ns -1 is out of range") { Nflogcap.parse_packet(record, -1) }
    [[5, 1], [nil, 1], [record, "1"], [record, nil]].each do |arguments|
      raises(TypeError) { Nflogcap.parse_packet(*arguments) }
    end
  end
end

test "savefile_damaged" do
  recorded(5, 5) do |path, _|
    path.truncate(path.size - 3)
    Nflogcap.open(savefile: path) do |capture|
      equal(capture.next.group, 5)
      raises(Errno::EBADMSG, path.to_s, "beyond packet 1", "truncated") { capture.next }
      raises(EOFError) { capture.next }
    end
  end
end

test "savefile_refused" do
  [
    ["/no/such/file", Errno::ENOENT, "/no/such/file"],
    ["/dev/null", Errno::EBADMSG, "pcap or pcapng"],
    ["", ArgumentError, "the path is empty"],
    ["nul\0", ArgumentError, "savefile contains a NUL"],
    [5, TypeError, "savefile must be a String, not Integer"]
  ].each { |path, kind, words| raises(kind, words) { Nflogcap.open(savefile: path) } }
  [
    ["/no/such/directory/x", Errno::ENOENT, "cannot create the savefile /no/such/directory/x"],
    ["/dev/full", Errno::ENOSPC, "/dev/full"],
    ["nul\0", ArgumentError, "path contains a NUL"],
    [nil, TypeError, "path must be a String, not nil"]
  ].each { |path, kind, words| raises(kind, words) { Nflogcap.dump_open(path) } }
end

test "equality" do
  recorded(5, 6) do |path, _|
    same, again = Array.new(2) { Nflogcap.open(savefile: path, &:to_a) }
    equal(same, again)
    equal([same[0].eql?(again[0]), same[0].hash == again[0].hash, same[0].equal?(again[0])], [true, true, false])
    equal([same[0] == same[1], same[0] == "a packet", same[0] != again[0]], [false, false, false])
    weak = WeakRef.new(same[0]) # the collector may leave the packet as long as it likes
    equal(weak.payload, again[0].payload)
  end
end

test "long_words" do
  path = "/no/#{'x' * 3000}"
  [-> { Nflogcap.dump_open(path) }, -> { Nflogcap.open(savefile: path) }].each do |use|
    raises(Errno::ENOENT, "savefile /no/xx", "xx: No such file or directory") { use.call }
  end
  filter = "#{'host 10.0.0.1 or ' * 200}prt 5"
  raises(ArgumentError, "'prt'", "pcap-filter(7) tells what there is") { Nflogcap.open(5, filter: filter) }
end

test "dump_refused" do
  recorded(5) do |path, packets|
    dump = Nflogcap.dump_open(path)
    raises(TypeError, "Nflogcap::Packet") { dump.write("bytes") }
    equal([dump.closed?, dump.inspect], [false, "#<Nflogcap::Dump: open>"])
    2.times { dump.close }
    equal(dump.closed?, true)
    [-> { dump.write(packets.first) }, -> { dump.flush }, -> { dump.position }, -> { dump.written }].each do |use|
      raises(IOError, "the savefile is closed", &use)
    end
    equal(Nflogcap.dump_open(path) { |given| [given.closed?, 42] }, [false, 42])
  end
end

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
  # Many, since a stack may still hold the last of them.
  groups = (1..50).to_a
  -> { groups.each { |group| Nflogcap.open(group) } }.call
  equal(bound_groups.size, 50)
  3.times { GC.start }
  raise "#{bound_groups} are bound" if bound_groups.size > 2
end

test "no_growth" do
  packets = Integer(ENV.fetch("NFLOGCAP_TEST_PACKETS"))
  portion = 10_000
  resident = -> { File.read("/proc/self/status")[/VmRSS:\s*(\d+)/, 1].to_i * 1024 }
  read = lambda do |count|
    Nflogcap.open(5) do |capture|
      (count / portion).times do
        raise "send_udp" unless system(*SEND_UDP, PORT.to_s, "--count", portion.to_s)

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
    # Ruby's own heap has grown to its size after some hundred thousand objects.
    read.call([packets, 200_000].min)
    opens.call(packets / 200)
    # Now and then Ruby's heap grows once more. What leaks grows in every round.
    # Ten bytes a packet, or some hundred a capture, would be more than this.
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
    raise "#{grown} bytes" unless grown.last < limit

    equal(bound_groups, [])
  end
end

exit Live.run(TESTS, ARGV)
