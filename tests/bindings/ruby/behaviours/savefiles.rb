# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: savefiles and their records.

require "zlib"

require_relative "../harness"

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

test "savefile_packed" do
  recorded(5, 5) do |path, _|
    packed = Zlib.gzip(path.binread)
    path.binwrite(packed)
    Nflogcap.open(savefile: path) do |capture|
      equal(capture.map(&:group), [5, 5])
      equal([capture.stats.savefile_read, capture.stats.savefile_size], [packed.bytesize] * 2)
    end
    path.truncate(path.size - 1)
    Nflogcap.open(savefile: path) do |capture|
      equal([capture.next.group, capture.next.group], [5, 5])
      raises(Errno::EBADMSG, path.to_s, "beyond packet 2", "compressed data is cut off") { capture.next }
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

# The record of an ARP packet. A file with the link type raw cannot contain it.
ARP = "\3\0\0\5\x08\0\1\0\x08\6\0\0\x08\0\x09\0\0\1\x08\0".b

test "link_types" do
  arp = Nflogcap.parse_packet(ARP, 1)
  recorded(5) do |path, (packet)|
    frame = "\0".b * 12 + "\x08\0".b + packet.payload
    [
      ["nflog", 239, "", true],
      [:raw, 101, packet.payload, false],
      [Nflogcap::LINKTYPE_RAW, 101, packet.payload, false],
      ["ethernet", 1, frame, true],
      [Nflogcap::LINKTYPE_ETHERNET, 1, packet.frame, true]
    ].each do |link_type, number, content, is_held|
      Nflogcap.dump_open(path, link_type: link_type) do |dump|
        equal([dump.write(packet), dump.write(arp)], [true, is_held])
        dump.flush
        equal([dump.written, dump.skipped], is_held ? [2, 0] : [1, 1])
      end
      equal(path.binread.unpack1("@20L"), number)
      equal(path.binread.byteslice(40, content.size), content)
    end
    written = path.binread
    [
      ["frob", ArgumentError, "link type 'frob' cannot be written; choose nflog, raw or ethernet"],
      [147, ArgumentError, "link type '147'"],
      ["raw\0", ArgumentError, "contains a NUL"],
      [nil, TypeError, "link_type must be an Integer, not nil"]
    ].each do |wrong, kind, words|
      raises(kind, words) { Nflogcap.dump_open(path, link_type: wrong) }
      equal(path.binread, written)
    end
  end
end

test "formats" do
  recorded(5) do |path, (packet)|
    by_name = path.sub_ext(".pcapng")
    [
      [path, nil, 0xA1B23C4D],
      [path, "pcapng", 0x0A0D0D0A],
      [by_name, nil, 0x0A0D0D0A],
      [by_name, :pcap, 0xA1B23C4D],
      [path, "PCAPNG", 0x0A0D0D0A]
    ].each do |to, format, magic|
      Nflogcap.dump_open(to, format: format) { |dump| dump.write(packet) }
      written = to.binread
      equal(written.unpack1("L"), magic)
      equal(written.include?([2, 2].pack("S2") + "lo\0\0".b), magic == 0x0A0D0D0A)
      Nflogcap.open(savefile: to) { |capture| equal(fields_of(capture.next), fields_of(packet)) }
    end
    by_name.delete
    written = path.binread
    [
      ["pcapn", ArgumentError, "format must be pcap or pcapng"],
      ["pcap\0", ArgumentError, "contains a NUL"],
      [2, ArgumentError, "format must be pcap or pcapng"],
      [[], TypeError, "format must be an Integer, not Array"]
    ].each do |wrong, kind, words|
      raises(kind, words) { Nflogcap.dump_open(path, format: wrong) }
      equal(path.binread, written)
    end
  end
end

test "compressions" do
  gzip = "\x1f\x8b".b
  zstd = "\x28\xb5\x2f\xfd".b
  recorded(5) do |path, (packet)|
    plain = path.binread(4)
    [
      ["", nil, plain],
      [".gz", nil, gzip],
      [".zst", nil, zstd],
      ["", :gzip, gzip],
      [".gz", "ZSTD", zstd],
      [".zst", :none, plain]
    ].each do |extension, compression, magic|
      to = Pathname("#{path}#{extension}")
      Nflogcap.dump_open(to, compression: compression) { |dump| dump.write(packet) }
      equal(to.binread(magic.size), magic)
      Nflogcap.open(savefile: to) { |capture| equal(fields_of(capture.next), fields_of(packet)) }
      to.delete unless extension.empty?
    end
    written = path.binread
    raises(ArgumentError, "compression must be none, gzip or zstd") { Nflogcap.dump_open(path, compression: "gz") }
    equal(path.binread, written)
  end
end

test "dump_refused" do
  recorded(5) do |path, packets|
    dump = Nflogcap.dump_open(path)
    raises(TypeError, "Nflogcap::Packet") { dump.write("bytes") }
    equal([dump.closed?, dump.inspect], [false, "#<Nflogcap::Dump: open>"])
    2.times { dump.close }
    equal(dump.closed?, true)
    [-> { dump.write(packets.first) }, -> { dump.flush }, -> { dump.position }, -> { dump.written },
     -> { dump.skipped }].each do |use|
      raises(IOError, "the savefile is closed", &use)
    end
    equal(Nflogcap.dump_open(path) { |given| [given.closed?, 42] }, [false, 42])
  end
end

exit Live.run(TESTS, ARGV)
