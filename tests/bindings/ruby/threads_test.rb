# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests of several threads: others run while one waits, and several calls end a wait.

require "tempfile"
require_relative "harness"

test "other_threads_run_while_one_waits" do
  Nflogcap.open(5) do |capture|
    waiter = waiting { capture.next }
    ticks = 0
    Timeout.timeout(LONG) { sleep 0.001 while (ticks += 1) < 20 }
    equal(waiter.status, "sleep")
    capture.wakeup
    equal(waiter.value, nil)
  end
end

test "close_ends_the_waits_of_all_threads" do
  20.times do
    capture = Nflogcap.open(5)
    loops = Array.new(3) { waiting { capture.to_a } }
    nexts = Array.new(3) { waiting { capture.next(60) } }
    capture.close
    Nflogcap.open(5).close # close has returned, so the group is free
    equal(loops.map(&:value), [[], [], []])
    nexts.each { |thread| raises(EOFError, "ended") { thread.value } }
  end
end

test "stop_and_hand_over_end_the_waits" do
  %i[stop hand_over].each do |finish|
    Nflogcap.open(5) do |capture|
      capture.descriptors
      reader = waiting { capture.to_a }
      capture.public_send(finish)
      equal(reader.value, [])
    end
  end
end

test "close_and_stop_end_loops_under_load" do
  with_rule(PORT, "group 5") do
    stopped = false
    sender = Thread.new { send_udp(PORT, *["x"] * 20) until stopped }
    60.times do |i|
      capture = Nflogcap.open(5)
      readers = Array.new(3) do
        Thread.new do
          capture.each { |packet| packet.payload }
        rescue IOError
          nil # the capture was closed while the thread ran the block
        end
      end
      sleep rand * 0.01
      i.even? ? capture.close : capture.stop
      Timeout.timeout(LONG) { readers.each(&:join) }
      capture.close
    end
    stopped = true
    sender.join
    equal(bound_groups, [])
  end
end

test "kill_and_timeout_end_a_wait" do
  Nflogcap.open(5) do |capture|
    waiter = waiting { capture.next }
    waiter.kill
    raise "the killed thread did not end" unless waiter.join(LONG)

    raises(Timeout::Error) { Timeout.timeout(0.05) { capture.next } }
    equal(capture.next(0), nil)
  end
  equal(bound_groups, [])
end

test "other_threads_run_while_one_waits_for_the_writer_and_the_header_of_a_fifo" do
  Dir.mktmpdir do |directory|
    bytes = savefile_bytes(directory)
    fifo = File.join(directory, "fifo")
    File.mkfifo(fifo)
    opening = waiting { Nflogcap.open(savefile: fifo) }
    File.open(fifo, "wb") do |writer|
      writer.sync = true
      writer.write(bytes[0, 10])
      await_sleep(opening)
      writer.write(bytes[10, 20]) # the rest of the header, and a part of a record
      capture = opening.value
      reader = waiting { capture.next }
      writer.write(bytes[30..])
      equal(udp_payload(reader.value), "one")
      capture.close
    end
  end
end

LOOK_UP = <<~'RUBY'
  require "live"
  server = UDPSocket.new
  server.bind("127.0.0.1", 53)
  [-> { Nflogcap.open(5, filter: "host nflogcap.test") },
   -> { Nflogcap.open(6) { |capture| capture.set_filter("host nflogcap.test") } }].each do |look_up|
    looking = Thread.new(&look_up)
    looking.report_on_exception = false
    query, client = server.recvfrom(512)
    abort "the look-up ended without an answer" unless looking.alive?
    Live.await_sleep(looking)
    answering = Thread.new do # the system asks for IPv4 and IPv6 addresses, and repeats
      loop do
        server.send(query[0, 2] + "\x81\x83".b + query[4..], 0, client[3], client[1])
        query, client = server.recvfrom(512)
      end
    end
    Live.raises(ArgumentError, "unknown host 'nflogcap.test'") { looking.value }
    answering.kill.join
  end
RUBY

test "other_threads_run_while_the_name_of_a_host_is_looked_up" do
  Tempfile.create do |resolv_conf|
    resolv_conf.write("nameserver 127.0.0.1\n")
    resolv_conf.flush
    paths = [__dir__, *$LOAD_PATH].flat_map { |path| ["-I", path] }
    said, status = Timeout.timeout(3 * LONG) do
      Open3.capture2e("unshare", "--mount", "sh", "-c",
                      "mount --bind #{resolv_conf.path} /etc/resolv.conf && exec \"$0\" \"$@\"",
                      RbConfig.ruby, *paths, "-e", LOOK_UP)
    end
    equal([said, status.exitstatus], ["", 0])
  end
end

test "open_continues_after_a_signal_handler_returns" do
  Dir.mktmpdir do |directory|
    fifo = File.join(directory, "fifo")
    File.mkfifo(fifo)
    ticks = 0
    before = trap("USR1") { ticks += 1 }
    opening = waiting { Nflogcap.open(savefile: fifo) { |capture| capture.to_a } }
    3.times do |i|
      Process.kill("USR1", Process.pid)
      Timeout.timeout(LONG) { sleep 0.001 until ticks > i }
    end
    await_sleep(opening)
    File.open(fifo, "wb") { |writer| writer.write(savefile_bytes(directory)) }
    equal(opening.value.map { |packet| udp_payload(packet) }, ["one"])
    trap("USR1", before)
  end
end

exit Live.run(TESTS, ARGV.empty? ? TESTS.keys : ARGV)
