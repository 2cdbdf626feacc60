# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: packets and errors as text.

require "json"
require "socket"
require_relative "../harness"

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
  equal(said.values_at("version", "host", "hook_name", "protocol_name"),
        [1, Socket.gethostname, "prerouting", "udp"])
  equal([said["payload"]].pack("H*"), packet.payload)
  equal([said.key?("icmp_type"), packet.to_json.lines.size], [false, 1])
  equal(JSON.parse(JSON.generate("all" => [packet])), { "all" => [said] })
end

test "json_no_payload" do
  packet = logged_packet("group 5", "x")
  whole = JSON.parse(packet.to_json(payload: true))
  whole.delete("payload")
  equal(JSON.parse(packet.to_json(payload: false)), whole)
  raises(ArgumentError, "colour") { packet.to_json(colour: true) }
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

test "long_words" do
  path = "/no/#{'x' * 3000}"
  [-> { Nflogcap.dump_open(path) }, -> { Nflogcap.open(savefile: path) }].each do |use|
    raises(Errno::ENOENT, "savefile /no/xx", "xx: No such file or directory") { use.call }
  end
  filter = "#{'host 10.0.0.1 or ' * 200}prt 5"
  raises(ArgumentError, "'prt'", "see pcap-filter(7)") { Nflogcap.open(5, filter: filter) }
end

exit Live.run(TESTS, ARGV)
