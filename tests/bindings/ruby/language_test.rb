# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests of what only Ruby has: Enumerators, keywords, patterns, Time, operators and hidden names.

require_relative "harness"

test "loops_without_a_block_return_enumerators" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, *("a".."e"))
      equal(capture.each.class, Enumerator)
      equal(capture.lazy.map { |packet| udp_payload(packet) }.select { |text| text > "a" }.first(2), %w[b c])
      capture.stop
      equal(capture.each.with_index.map { |packet, i| [udp_payload(packet), i] }, [["d", 0], ["e", 1]])
    end
  end
end

test "options_are_keywords" do
  keywords = Nflogcap.method(:open).parameters.filter_map { |kind, name| name if kind == :key }
  equal(keywords.first(2), %i[groups snaplen])
  equal(keywords.include?(:tap), true)
  raises(ArgumentError, "'snaplne'", "'snaplen'") { Nflogcap.open(5, snaplne: 96) }
  raises(ArgumentError, "twice") { Nflogcap.open(5, groups: 6) }
  Nflogcap.open(5) do |capture|
    equal([capture.next(timeout: 0), capture.next(0), capture.read_batch(timeout: 0)], [nil] * 3)
    raises(ArgumentError, "timeout -1") { capture.next(timeout: -1) }
    raises(ArgumentError) { capture.next(time_out: 0) }
  end
end

test "packets_match_patterns" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, "a")
      packet = capture.next(LONG)
      case packet
      in { destination_port: 443 } then raise "port 443 matched port #{PORT}"
      in { source:, destination_port: PORT, icmp_type: nil } then equal(source, "127.0.0.1")
      end
      case packet
      in { no_such_field: _ } then raise "a field that does not exist matched"
      in { group: 5, **rest } then equal([rest.key?(:group), rest[:indev_name]], [false, "lo"])
      end
      asked = []
      packet.define_singleton_method(:public_send) { |name| (asked << name) && super(name) }
      packet => { mark: nil }
      equal(asked, [:mark])
    end
  end
end

test "times_are_exact" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, "a")
      packet = capture.next(LONG)
      equal([packet.time.class, packet.time.to_i * 1_000_000_000 + packet.time.nsec],
            [Time, packet.timestamp_ns])
    end
  end
  Dir.mktmpdir do |directory|
    record = savefile_bytes(directory).byteslice(40..) # after the headers of the file and of the record
    again = Nflogcap.parse_packet(record, 1_700_000_000_123_456_789)
    equal([again.time.to_i, again.time.nsec], [1_700_000_000, 123_456_789])
  end
end

test "appends_to_a_dump_can_be_chained_and_a_filter_can_be_assigned" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      capture.filter = "udp[8] = 0x61"
      send_udp(PORT, "b", "a", "a")
      packets = Array.new(2) { capture.next(LONG) }
      equal(packets.map { |packet| udp_payload(packet) }, %w[a a])
      raises(ArgumentError, "prt") { capture.filter = "prt 5" }
      Dir.mktmpdir do |directory|
        path = File.join(directory, "x.pcap")
        Nflogcap.dump_open(path) { |dump| equal(dump << packets[0] << packets[1], dump) }
        equal(Nflogcap.open(savefile: path, &:to_a), packets)
      end
    end
  end
end

test "captures_and_savefiles_cannot_be_copied" do
  Nflogcap.open(5) do |capture|
    Nflogcap.dump_open(File::NULL) do |dump|
      raises(TypeError, "a capture cannot be copied") { capture.dup }
      raises(TypeError, "a capture cannot be copied") { capture.clone }
      raises(TypeError, "a savefile cannot be copied") { dump.dup }
      equal([capture.next(0), dump.flush], [nil, nil])
    end
  end
end

test "a_savefile_stays_open_after_refused_copies_are_garbage_collected" do
  Nflogcap.dump_open(File::NULL) do |dump|
    100.times { raises(TypeError) { dump.dup } }
    GC.start
    GC.start
    equal(dump.flush, nil)
  end
end

test "only_captures_create_packets_and_handles_are_private" do
  raises(TypeError, "allocator undefined") { Nflogcap::Packet.allocate }
  raises(NoMethodError) { Nflogcap::Capture.new(nil) }
  raises(NameError, "private constant") { Nflogcap::Handle }
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, "a")
      packet = capture.next(LONG)
      raises(TypeError) { packet.dup }
      raises(TypeError) { Marshal.dump(packet) }
      raises(TypeError) { Nflogcap::Packet.instance_method(:payload).bind(Object.new) }
      raises(NoMethodError) { packet.mark = 1 }
      equal(Nflogcap::Packet::FIELDS.sort,
            (Nflogcap::Packet.instance_methods(false) -
             %i[frame attribute to_h to_s to_json inspect == eql? hash deconstruct_keys time]).sort)
      raises(FrozenError) { capture.stats.lost = 1 }
    end
  end
end

exit Live.run(TESTS, ARGV.empty? ? TESTS.keys : ARGV)
