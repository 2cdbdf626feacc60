# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/stats"
require "nflogcap/values"
require "nflogcap/waiters"

module Nflogcap
  # A running capture, as Nflogcap.open and Nflogcap.adopt return it. Any number of threads and fibers may use
  # it at once. After close all methods except close, closed?, ended? and inspect raise IOError.
  class Capture
    include Enumerable

    private_class_method :new

    def initialize(handle)
      @handle = handle
      @waiters = Waiters.new(handle)
    end

    # :nodoc:
    def initialize_copy(_capture)
      raise TypeError, "a capture cannot be copied: share the same Capture between threads"
    end

    # Yields packets until the capture was stopped and all its packets are delivered, or until it is closed or
    # woken. Without a block it returns an Enumerator.
    def each(&block)
      return enum_for(:each) unless block

      each_arrival { @handle.each_ready(&block) }
    end

    # Like each, but yields batches. Without a block it returns an Enumerator.
    def each_batch(&block)
      return enum_for(:each_batch) unless block

      each_arrival { @handle.each_ready_batch(&block) }
    end

    # Returns the next packet, and waits for it up to `timeout` seconds (nil: for ever, 0: not at all). Returns
    # nil if no packet arrived in time, and after wakeup. Raises EOFError if the capture was stopped and all its
    # packets are delivered, or if it was closed meanwhile. Lost packets are not an error: the next packet's
    # lost_before counts them.
    def next(seconds = nil, timeout: seconds)
      arrival(timeout) { @handle.take }
    end

    # Like next, but returns a Batch: up to 256 packets of one batch of the kernel that are available without
    # further waiting.
    def read_batch(seconds = nil, timeout: seconds)
      arrival(timeout) { @handle.take_batch }
    end

    # Returns an IO to wait on; IO.select accepts the capture itself. It is readable whenever next would not
    # wait, also because packets are queued in the library. Never read from it or close it.
    def to_io
      require_open
      @waiters.io
    end

    # The descriptor of to_io.
    def fileno
      @handle.fd
    end

    # Delivers only the packets that an expression of pcap-filter(7) matches; nil or "": all packets. The filter
    # applies from now on, also to packets that were received and not yet delivered. If the expression is
    # invalid, ArgumentError has libpcap's message, and the previous filter stays in force.
    def set_filter(filter) # rubocop:disable Naming/AccessorMethodName
      @handle.set_filter(filter.nil? ? nil : Nflogcap.text_of(:filter, filter))
      nil
    end

    alias filter= set_filter

    # Adds a group to capture from now on. No other group loses a packet.
    def add_group(group)
      @handle.change("groups", Nflogcap.text_of(:groups, group))
      nil
    end

    # Removes a group. Packets that the kernel holds for it are still delivered, and its counters stay.
    # Raises ArgumentError if the group is not captured.
    def remove_group(group)
      @handle.remove_group(group)
      nil
    end

    # Adds a tap from now on, as the option tap of Nflogcap.open does at the start. If nft refuses the match,
    # ArgumentError has nft's message, and nothing changes.
    def add_tap(match = "", hook: nil, tap_priority: nil, tap_prefix: nil, tap_limit: nil, tap_sample: nil)
      options = { hook: hook, tap_priority: tap_priority, tap_prefix: tap_prefix, tap_limit: tap_limit,
                  tap_sample: tap_sample, tap: match }
      texts = options.map { |name, value| [name.to_s, value.nil? ? nil : Nflogcap.text_of(name, value)] }
      texts.each { |name, text| @handle.change(name, text) }
      nil
    end

    # Removes the tap that was added with this match and hook; if there are several, the oldest. ArgumentError
    # if no tap has this match and this hook.
    def remove_tap(match = "", hook: nil)
      @handle.remove_tap(Nflogcap.text_of(:tap, match), hook.nil? ? nil : Nflogcap.text_of(:hook, hook))
      nil
    end

    # Removes all taps.
    def remove_taps
      @handle.remove_taps
      nil
    end

    # Returns the captured groups in ascending order, including the group that was chosen for taps.
    def groups
      @handle.groups
    end

    # Returns the group that the taps log to; nil without a tap.
    def tap_group
      @handle.tap_group
    end

    # Returns the current counters of the capture (Stats).
    def stats
      Stats.of(@handle.stats)
    end

    # Returns the current counters of a group (Stats). Raises ArgumentError if the group was not added.
    def group_stats(group)
      Stats.of(@handle.group_stats(group))
    end

    # Makes the waiting next return nil, or its next call if none waits; each ends. Several wakeups before that
    # count as one. The capture goes on.
    def wakeup
      @handle.wakeup
      nil
    end

    # Ends the capture without loss: next and each still deliver the packets that the kernel holds.
    def stop
      @handle.stop
      nil
    end

    # Ends the capture in this process, and leaves its groups bound and its taps in force for the process that
    # has the descriptors. next and each still deliver the packets that the kernel holds, and then end. Then
    # close the capture, and another process can adopt it (Nflogcap.adopt). If descriptors was not called,
    # hand_over does the same as stop.
    def hand_over
      @handle.hand_over
      nil
    end

    # Returns the descriptors that another process needs to adopt the capture. Pass all of them on, in any
    # order, by inheritance or by UNIXSocket#send_io. The capture owns them: never read from them or close them.
    # Adding a tap adds a descriptor, and removing taps can remove one.
    def descriptors
      @handle.descriptors
    end

    # Sets the number of the next packet of a group that the program has not yet stored: packet.seq + 1 of the
    # last packet that it stored. A process that adopts the capture expects all packets from `seq`
    # on, and counts as lost those that it does not receive. Raises ArgumentError if the group is not captured.
    def expect(group, seq)
      @handle.expect(group, seq)
      nil
    end

    # Returns the number (packet.seq) that the next packet of a group has if no packet is lost. ArgumentError if
    # the group is not captured.
    def expected(group)
      @handle.expected(group)
    end

    # Takes the capture from the process that owns it, in a child of fork. In the previous owner all methods
    # except close then raise Errno::ECHILD.
    def take_over
      @handle.take_over
      nil
    end

    # Unbinds the groups and frees everything; packets not yet read are discarded. Threads and fibers that wait
    # are woken first. Closing twice is harmless.
    def close
      detached = @handle.detach
      return if detached.nil?

      begin
        @waiters.send_away(detached)
      ensure
        @handle.free(detached)
      end
      nil
    end

    # Returns whether close was called.
    def closed?
      @handle.closed
    end

    # Returns whether no more packets can come: the capture was stopped and all packets were taken, or it was closed.
    def ended?
      @handle.ended
    end

    def inspect
      "#<Nflogcap::Capture: #{closed? ? 'closed' : 'open'}>"
    end

    private

    def require_open
      @handle.fd # raises IOError if the capture is closed
    end

    # Repeats the block, which takes from the handle, until the capture is woken, ended or closed.
    def each_arrival
      require_open
      until closed?
        break unless await(yield, nil) # the capture was woken, or has ended
      end
      self
    end

    # Returns the packet or batch that the block takes from the handle within `seconds`, or nil.
    def arrival(seconds)
      deadline = deadline_of(seconds)
      require_open
      while (taken = yield).nil? || taken == false || taken == 0
        left = deadline && deadline - now
        return nil if left && left <= 0 && taken.nil?
        return nil unless await(taken, left)
        raise EOFError, "the capture has ended" if closed?
      end
      taken
    end

    # Waits, or lets other fibers run, whichever the last attempt to take from the handle requires.
    # Returns false if there must be no other attempt.
    def await(state, seconds)
      case state
      when nil then @waiters.wait(seconds)
      when 0 then sleep 0 # lets the other fibers of the scheduler run
      else return false
      end
      true
    end

    def deadline_of(timeout)
      return if timeout.nil?
      unless timeout.is_a?(Numeric) && timeout.real?
        raise TypeError, "timeout must be a number of seconds or nil, not #{timeout.class}"
      end
      unless timeout >= 0
        raise ArgumentError, "timeout #{timeout} is out of range: 0 seconds or more, or nil"
      end

      now + [timeout, 1e9].min # longer than any computer runs
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
