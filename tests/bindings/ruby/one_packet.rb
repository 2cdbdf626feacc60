# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Captures a packet with the installed module. Run it in a network namespace that exists only for this test.

require "nflogcap"
require "socket"
system("nft", 'table ip t { chain c { type filter hook prerouting priority 0; ' \
              'udp dport 4900 log prefix "package" group 5 drop; }; }') or abort "nft failed"
Nflogcap.open(5) do |capture|
  UDPSocket.new.send("hello", 0, "127.0.0.1", 4900)
  packet = capture.next(20)
  abort packet.inspect unless packet.prefix == "package" && packet.payload.end_with?("hello")
  puts packet
end
