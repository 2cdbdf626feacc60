#!/usr/bin/env ruby
# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Shows which addresses send most of the logged traffic: top_talkers.rb GROUP [SECONDS]
#
# Counts packets and bytes by source address for SECONDS (default 10), or until Ctrl-C. Then it
# prints the ten addresses that sent most bytes, and the number of lost packets.

require "nflogcap"

# Bytes of each packet that are captured: an IPv6 header, and the option with the length of a packet
# above 64 KiB.
HEADERS = 48
Talker = Struct.new(:packets, :bytes, :unknown)

def clock
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

def count(capture, seconds, talkers)
  finish = clock + seconds
  while (left = finish - clock).positive? && (packet = capture.next(left))
    talker = talkers[packet.source]
    talker.packets += 1
    talker.bytes += packet.wire_length
    talker.unknown += 1 if (packet.present & Nflogcap::HAS_WIRE_LENGTH).zero?
  end
rescue Interrupt
  # Shows the counts so far.
end

def main(group, seconds)
  talkers = Hash.new { |table, address| table[address] = Talker.new(0, 0, 0) }
  lost = Nflogcap.open(group, snaplen: HEADERS) do |capture|
    count(capture, seconds, talkers)
    capture.stats.lost
  end
  puts format("%-40s %10s %12s", "source", "packets", "bytes")
  talkers.max_by(10) { |_, talker| talker.bytes }.each do |address, talker|
    puts format("%-40s %10d %12d", address || "not IP", talker.packets, talker.bytes)
  end
  puts "#{talkers.each_value.sum(&:packets)} packets, #{lost} lost"
  unknown = talkers.each_value.sum(&:unknown)
  puts "#{unknown} of them do not say their length: the bytes are a minimum" if unknown.positive?
end

begin
  group = Integer(ARGV.fetch(0))
  seconds = Float(ARGV.fetch(1, 10))
rescue IndexError, ArgumentError
  abort "usage: top_talkers.rb GROUP [SECONDS]"
end
begin
  main(group, seconds)
rescue SystemCallError, ArgumentError, RangeError => e
  abort "top_talkers.rb: #{e.message}"
end
