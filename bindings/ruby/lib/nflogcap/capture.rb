# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/stats"
require "nflogcap/values"
require "nflogcap/waiters"

module Nflogcap
  # A running capture, as Nflogcap.open and Nflogcap.adopt make it. Any number of threads and fibers may use it at
  # once. After close all but close, closed?, ended? and inspect raises IOError.
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

    # Yields packets until the capture has been stopped and all that it held is delivered, is closed
    # meanwhile, or is woken. Without a block it returns an Enumerator.
    def each(&block)
      return enum_for(:each) unless block

      each_arrival { @handle.each_ready(&block) }
    end

    # Yields batches, with the same ends. Without a block it returns an Enumerator.
    def each_batch(&block)
      return enum_for(:each_batch) unless block

      each_arrival { @handle.each_ready_batch(&block) }
    end

    # The next packet; nil when none came in `timeout` seconds (nil: wait for ever, 0: do not wait)
    # or wakeup was called. EOFError when the capture was stopped and all that it held is delivered,
    # or when it was closed meanwhile. Lost packets are no error: the next packet says in
    # lost_before how many there were.
    def next(seconds = nil, timeout: seconds)
      arrival(timeout) { @handle.take }
    end

    # Like next for several packets in one call: those of one batch of the kernel's that need no
    # further waiting, 256 at most (Batch).
    def read_batch(seconds = nil, timeout: seconds)
      arrival(timeout) { @handle.take_batch }
    end

    # An IO to wait on, as IO.select does with a capture: readable whenever next would not wait,
    # packets queued in the library included. Never read from it or close it.
    def to_io
      require_open
      @waiters.io
    end

    # The descriptor of to_io.
    def fileno
      @handle.fd
    end

    # Delivers only the packets that an expression of pcap-filter(7) matches, from now on: those that
    # were received and not delivered yet are judged by it too. nil or "": all. ArgumentError, with
    # libpcap's words, for a wrong one: then the filter before it stays in force.
    def set_filter(filter) # rubocop:disable Naming/AccessorMethodName
      @handle.set_filter(filter.nil? ? nil : Nflogcap.text_of(:filter, filter))
      nil
    end

    alias filter= set_filter

    # Captures a group too, from now on; no other group loses a packet.
    def add_group(group)
      @handle.change("groups", Nflogcap.text_of(:groups, group))
      nil
    end

    # Captures a group no longer. What the kernel had of it until now is still delivered, and its
    # counters stay. ArgumentError for a group that this does not capture.
    def remove_group(group)
      @handle.remove_group(group)
      nil
    end

    # Lays a tap from now on, as the option tap of Nflogcap.open does at the start. ArgumentError,
    # with nft's words, for a wrong one: then all is as before.
    def add_tap(match = "", hook: nil, tap_priority: nil, tap_prefix: nil, tap_limit: nil, tap_sample: nil)
      options = { hook: hook, tap_priority: tap_priority, tap_prefix: tap_prefix, tap_limit: tap_limit,
                  tap_sample: tap_sample, tap: match }
      texts = options.map { |name, value| [name.to_s, value.nil? ? nil : Nflogcap.text_of(name, value)] }
      texts.each { |name, text| @handle.change(name, text) }
      nil
    end

    # Removes a tap, named as it was added; of several that are the same, the first one. ArgumentError
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

    # The captured groups, in ascending order; the group that was chosen for taps too.
    def groups
      @handle.groups
    end

    # The group that the taps log to; nil without a tap.
    def tap_group
      @handle.tap_group
    end

    # The counters of the capture, as of now (Stats).
    def stats
      Stats.of(@handle.stats)
    end

    # The counters of a group, as of now. ArgumentError for a group that this does not capture.
    def group_stats(group)
      Stats.of(@handle.group_stats(group))
    end

    # Makes the next that waits, or else the next one, return nil, and each end, once however often
    # it was called before that. The capture goes on.
    def wakeup
      @handle.wakeup
      nil
    end

    # Ends the capture without loss: next and each go on to yield what the kernel still holds.
    def stop
      @handle.stop
      nil
    end

    # Ends the capture here and leaves its groups bound and its taps laid, for the process that has
    # the descriptors: next and each go on to yield what the kernel holds, and then end. When the
    # capture is closed then, another process can adopt it (Nflogcap.adopt). If descriptors was not
    # called, this is stop.
    def hand_over
      @handle.hand_over
      nil
    end

    # The descriptors with which another process can adopt the capture. Pass all of them on, in any
    # order: by inheritance, or by UNIXSocket#send_io. They stay the capture's: never read from them
    # or close them. Adding a tap adds one, and removing taps can remove one.
    def descriptors
      @handle.descriptors
    end

    # Says that the packets of a group before the number `seq` are accounted for, for a program that
    # knows it better than the capture: packet.seq + 1 of the last packet that it stored. A process
    # that adopts the capture counts as lost what is missing from `seq` on. ArgumentError for a group
    # that this does not capture.
    def expect(group, seq)
      @handle.expect(group, seq)
      nil
    end

    # The number (packet.seq) that the next packet of a group has if none is lost. ArgumentError for a
    # group that this does not capture.
    def expected(group)
      @handle.expected(group)
    end

    # Takes the capture from the process that owns it, in a child of fork. In the previous owner all
    # calls but close then raise Errno::ECHILD.
    def take_over
      @handle.take_over
      nil
    end

    # Gives the groups up and frees all; what was not read is gone. Who waits in another thread or
    # fiber is woken first. A second time it does nothing.
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

    # Whether close was called.
    def closed?
      @handle.closed
    end

    # Whether no packet can come any more: stopped and drained, or closed.
    def ended?
      @handle.ended
    end

    def inspect
      "#<Nflogcap::Capture: #{closed? ? 'closed' : 'open'}>"
    end

    private

    def require_open
      @handle.fd # raises IOError
    end

    # Repeats the block, which looks at the handle, until the capture is woken, ended or closed.
    def each_arrival
      require_open
      until closed?
        break unless await(yield, nil) # it was woken, or has ended
      end
      self
    end

    # What the block takes from the handle within some seconds.
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

    # Does what a look at the handle asks for before the next one. False if there is to be none.
    def await(state, seconds)
      case state
      when nil then @waiters.wait(seconds)
      when 0 then sleep 0 # lets the scheduler's other fibers run
      else return false
      end
      true
    end

    def deadline_of(timeout)
      return if timeout.nil?
      unless timeout.is_a?(Numeric) && timeout.real?
        raise TypeError, "timeout is a number of seconds or nil, not #{timeout.class}"
      end
      unless timeout >= 0
        raise ArgumentError, "timeout #{timeout} is out of range: 0 seconds or more, or nil"
      end

      now + [timeout, 1e9].min # longer than a computer runs
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
