# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Functions that all tests in Ruby share: they name tests, capture packets, and start threads that wait.

require "pathname"
require "tmpdir"
require_relative "live"
include Live # rubocop:disable Style/MixinUsage

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

def logged_packet(log = "group 5", payload = "x")
  logged({ groups: 5 }, log) do |capture|
    send_udp(PORT, payload)
    capture.next(LONG)
  end
end

# Captures one packet from each group and writes the packets to a savefile. Yields the path of the savefile and the
# packets.
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

# Returns the bytes of a savefile that contains one packet, with the UDP payload "one".
def savefile_bytes(directory)
  path = File.join(directory, "x.pcap")
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, "one")
      Nflogcap.dump_open(path) { |dump| dump.write(capture.next(LONG)) }
    end
  end
  File.binread(path)
end

# Starts a thread that runs the block. Returns the thread when it sleeps.
def waiting(&body)
  thread = Thread.new(&body)
  thread.report_on_exception = false
  await_sleep(thread)
  thread
end
