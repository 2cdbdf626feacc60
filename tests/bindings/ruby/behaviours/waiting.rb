# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: waiting for packets, and ending a wait.

require_relative "../harness"

test "timeout" do
  Nflogcap.open(5) do |capture|
    [0, 0.05, 1r / 20].each do |timeout|
      before = now
      equal(capture.next(timeout), nil)
      took = now - before
      raise "the wait took #{took} seconds" unless took >= timeout && took < timeout + 5
    end
    [-1, Float::NAN].each { |bad| raises(ArgumentError, "timeout") { capture.next(bad) } }
    ["1", 1i].each { |bad| raises(TypeError, "timeout") { capture.next(bad) } }
    equal(capture.ended?, false)
  end
end

test "wakeup" do
  logged({ groups: 5 }, "group 5") do |capture|
    2.times { capture.wakeup }
    equal([capture.next(LONG), capture.ended?], [nil, false])
    capture.wakeup
    equal(capture.to_a, [])
    send_udp(PORT, "still there")
    equal(udp_payload(capture.next(LONG)), "still there")
  end
end

test "interrupt" do
  Nflogcap.open(5) do |capture|
    [-> { capture.next }, -> { capture.each { nil } }, -> { capture.next(LONG) }, -> { capture.read_batch },
     -> { capture.each_batch { nil } }].each do |wait|
      killer = Thread.new do
        await_sleep(Thread.main)
        Process.kill("INT", Process.pid)
      end
      raises(Interrupt) { wait.call }
      killer.join
    end
    equal(capture.next(0), nil)
  end
end

test "rejected_flood" do
  # Each term matches no packet, and makes the filter slower.
  slow = (16...72).to_a.product((1..8).to_a).map { |at, value| "udp[#{at}] = #{value}" }.join(" or ")
  logged({ groups: 5, filter: slow }, "group 5") do |capture|
    flood = Process.spawn(*SEND_UDP, PORT.to_s, "--count", "100000000")
    begin
      equal(capture.next(0.1), nil) while capture.stats.filtered < 10_000
      begun = now
      equal([capture.next(0), capture.next(0.2)], [nil, nil])
      killer = Thread.new do
        sleep 0.2
        Process.kill("INT", Process.pid)
      end
      raises(Interrupt) { capture.next(LONG) }
      killer.join
      took = now - begun
      raise "the waits took #{took} s" unless took.between?(0.4, 5)
    ensure
      Process.kill("KILL", flood)
      Process.wait(flood)
    end
  end
end

test "event_wait" do
  logged({ groups: 5 }, "group 5") do |capture|
    equal(IO.select([capture], nil, nil, 0), nil)
    send_udp(PORT, *numbered(10))
    10.times do |number| # all 10 packets arrive in one batch, and the library queues them
      equal(IO.select([capture], nil, nil, LONG)&.first, [capture])
      equal(udp_payload(capture.next(0)), number.to_s)
    end
    equal(IO.select([capture.to_io], nil, nil, 0.05), nil)
    equal(capture.to_io.fileno, capture.fileno)
    capture.stop
    equal(IO.select([capture], nil, nil, LONG)&.first, [capture])
  end
end

exit Live.run(TESTS, ARGV)
