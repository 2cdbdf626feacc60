# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# The garbage collector frees batches early, and does not free a capture that waits.

require_relative "harness"

test "the_collector_frees_batches_early" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      most = 0
      40.times do
        send_udp(PORT, *["x"] * 5000)
        left = 5000
        left -= capture.read_batch(LONG).size while left.positive?
        most = [most, ObjectSpace.each_object(Nflogcap::Batch).count].max
      end
      raise "#{most} batches are in memory" if most > 500 # of about 800 batches, of 100 KiB each
    end
  end
end

test "a_signal_handler_may_drop_the_last_reference_to_a_capture_that_waits" do
  child = fork do # in a child, because the collector may keep the capture until the process ends
    capture = Nflogcap.open(5)
    trap("USR1") do
      capture = nil
      GC.start
    end
    Thread.new { sleep 0.1 && Process.kill("USR1", Process.pid) }
    exit!(capture.next(0.5).nil? && capture.nil? ? 0 : 1)
  end
  equal(Process.wait2(child).last.exitstatus, 0)
end

exit Live.run(TESTS, ARGV.empty? ? TESTS.keys : ARGV)
