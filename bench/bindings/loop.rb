# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# loop.rb COUNT: the loop of loop.c, in Ruby.

require "nflogcap"

def cpu_ns
  Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID, :nanosecond)
end

count = Integer(ARGV.fetch(0))
sum = 0
Nflogcap.open(5) do |capture|
  puts "ready"
  $stdout.flush
  before = cpu_ns
  capture.each do |packet|
    payload = packet.payload
    sum += payload.bytesize + payload.getbyte(0) + packet.prefix.bytesize + (packet.mark || 0)
    sum += packet.timestamp_ns % 1_000_003
    break if (count -= 1).zero?
  end
  after = cpu_ns
  puts [after - before, capture.stats.received, capture.stats.lost, sum].join(" ")
end
