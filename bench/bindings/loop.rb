# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# loop.rb each|columns|fibers COUNT: the loop of loop.c, in one of three ways in Ruby.

require "nflogcap"
require_relative "../../tests/bindings/ruby/scheduler"

def cpu_ns
  Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID, :nanosecond)
end

def each(capture, count)
  sum = 0
  capture.each do |packet|
    payload = packet.payload
    sum += payload.bytesize + payload.getbyte(0) + packet.prefix.bytesize + (packet.mark || 0)
    sum += packet.timestamp_ns % 1_000_003
    break if (count -= 1).zero?
  end
  sum
end

def columns(capture, count)
  sum = 0
  capture.each_batch do |batch|
    payloads = batch.payloads
    prefixes = batch.column(:prefix)
    marks = batch.column(:mark)
    timestamps = batch.column(:timestamp_ns)
    payloads.each_index do |i|
      payload = payloads[i]
      sum += payload.bytesize + payload.getbyte(0) + prefixes[i].bytesize + (marks[i] || 0)
      sum += timestamps[i] % 1_000_003
    end
    break if (count -= batch.size) <= 0
  end
  sum
end

# The loop in a fiber of a scheduler.
def fibers(capture, count)
  sum = nil
  Fiber.set_scheduler(Scheduler.new)
  Fiber.schedule { sum = each(capture, count) }
  Fiber.scheduler.run
  sum
end

way, count = ARGV
Nflogcap.open(5) do |capture|
  puts "ready"
  $stdout.flush
  before = cpu_ns
  sum = send(way, capture, Integer(count))
  after = cpu_ns
  puts [after - before, capture.stats.received, capture.stats.lost, sum].join(" ")
end
