#!/usr/bin/env ruby
# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who sends most of what a rule logs: top_talkers.rb GROUP [SECONDS]
#
# Counts packets and bytes by source address for SECONDS (10), or until Ctrl-C, and prints the ten
# that sent most bytes, and how many packets were lost.

require "nflogcap"

HEADERS = 40 # bytes: as much as an IPv6 header
Talker = Struct.new(:packets, :bytes)

def clock
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

def count(capture, seconds, talkers)
  finish = clock + seconds
  while (left = finish - clock).positive? && (packet = capture.next(left))
    talker = talkers[packet.source]
    talker.packets += 1
    talker.bytes += packet.wire_length
  end
rescue Interrupt
  # shows what there is so far
end

def main(group, seconds)
  talkers = Hash.new { |table, address| table[address] = Talker.new(0, 0) }
  lost = Nflogcap.open(group, snaplen: HEADERS) do |capture|
    count(capture, seconds, talkers)
    capture.stats.lost
  end
  puts format("%-40s %10s %12s", "source", "packets", "bytes")
  talkers.max_by(10) { |_, talker| talker.bytes }.each do |address, talker|
    puts format("%-40s %10d %12d", address || "not IP", talker.packets, talker.bytes)
  end
  puts "#{talkers.each_value.sum(&:packets)} packets, #{lost} lost"
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
