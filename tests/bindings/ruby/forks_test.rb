# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests of a capture in a child of fork.

require_relative "harness"

test "a_child_of_fork_can_close_its_copy_of_a_capture_and_the_parent_still_captures" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      waiter = waiting { capture.next(LONG) } # the child has no copy of this thread
      child = fork { capture.close || exit!(0) }
      equal(Timeout.timeout(LONG) { Process.wait2(child) }.last.exitstatus, 0)
      equal(bound_groups, [5])
      send_udp(PORT, "still there")
      equal(udp_payload(waiter.value), "still there")
    end
  end
end

test "a_child_of_fork_takes_over_the_capture" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      in_child do
        capture.take_over
        send_udp(PORT, "hello")
        equal(udp_payload(capture.next(LONG)), "hello")
      end
      # The owner has ended: the capture belongs to the first process that uses it.
      send_udp(PORT, "again")
      equal(udp_payload(capture.next(LONG)), "again")
    end
  end
end

exit Live.run(TESTS, ARGV.empty? ? TESTS.keys : ARGV)
