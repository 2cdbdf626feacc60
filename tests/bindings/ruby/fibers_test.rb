# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests of captures in a fiber scheduler.

require_relative "harness"
require_relative "scheduler"

test "fibers_wait_in_their_scheduler" do
  seen = []
  Thread.new do
    Fiber.set_scheduler(Scheduler.new)
    with_rule(PORT, "group 5") do
      capture = Nflogcap.open(5)
      Fiber.schedule { capture.each { |packet| seen << udp_payload(packet) } }
      Fiber.schedule { 3.times { seen << :tick && sleep(0.01) } }
      Fiber.schedule do
        sleep 0.1
        send_udp(PORT, "a", "b")
        sleep 0.2
        capture.close # while the first fiber of this thread waits
        seen << :closed
      end
      Fiber.scheduler.run
    end
  end.join(LONG)
  equal(seen, [:tick, :tick, :tick, "a", "b", :closed])
  equal(bound_groups, [])
end

test "other_fibers_run_while_packets_are_queued" do
  turns = []
  Thread.new do
    Fiber.set_scheduler(Scheduler.new)
    with_rule(PORT, "group 5") do
      capture = Nflogcap.open(5, socket_buffer: 64 << 20)
      send_udp(PORT, *["x"] * 20_000)
      capture.stop
      use = ->(packet) { packet.to_json && turns << :packet }
      Fiber.schedule { capture.each(&use) }
      Fiber.schedule do
        loop { use.call(capture.next(0) || break) }
      rescue EOFError
        nil
      end
      Fiber.schedule { turns << :other && sleep(0) until capture.ended? }
      Fiber.scheduler.run
      capture.close
    end
  end.join(LONG)
  equal(turns.count(:packet), 20_000)
  first, last = turns.index(:packet), turns.rindex(:packet)
  raise "the other fiber ran less than 3 times" if turns[first..last].count(:other) < 3
end

test "a_packet_wakes_one_of_many_waiting_fibers" do
  looks = 0
  taken = []
  Thread.new do
    Fiber.set_scheduler(Scheduler.new)
    with_rule(PORT, "group 5") do
      capture = Nflogcap.open(5, delivery: Nflogcap::IMMEDIATE)
      handle = capture.instance_variable_get(:@handle)
      handle.define_singleton_method(:take) { (looks += 1) && super() }
      50.times do
        Fiber.schedule do
          loop { taken << udp_payload(capture.next(LONG)) } # until EOFError
        rescue EOFError
          nil
        end
      end
      Fiber.schedule do
        20.times do |i|
          send_udp(PORT, i.to_s)
          sleep 0.001 until taken.size > i
        end
        capture.close
      end
      Fiber.scheduler.run
    end
  end.join(LONG)
  equal(taken, (0...20).map(&:to_s))
  raise "take was called #{looks} times" if looks > 50 + 20 * 4
end

test "batches_are_read_in_a_scheduler_and_by_many_threads" do
  sizes = []
  Thread.new do
    Fiber.set_scheduler(Scheduler.new)
    with_rule(PORT, "group 5") do
      capture = Nflogcap.open(5)
      Fiber.schedule { capture.each_batch { |batch| sizes << batch.size } }
      Fiber.schedule do
        send_udp(PORT, "a", "b")
        sleep 0.2
        capture.close # while the first fiber of this thread waits
      end
      Fiber.scheduler.run
    end
  end.join(LONG)
  equal(sizes.sum, 2)
  Nflogcap.open(5) do |capture|
    raises(Timeout::Error) { Timeout.timeout(0.05) { capture.read_batch } }
    readers = Array.new(3) { waiting { capture.read_batch } }
    capture.close
    readers.each { |thread| raises(EOFError, "ended") { thread.value } }
  end
end

exit Live.run(TESTS, ARGV.empty? ? TESTS.keys : ARGV)
