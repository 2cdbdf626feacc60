# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "io/wait"
require "nflogcap/nflogcap"

module Nflogcap
  private_class_method :nflogcap_wakeup

  # The threads and fibers that wait for a capture. One of them waits on the descriptor. The others
  # wait for their turn, so that a packet wakes only one.
  class Waiters # :nodoc:
    attr_reader :io

    def initialize(handle)
      @handle = handle
      @io = IO.for_fd(handle.fd, autoclose: false)
      @process = Process.pid
      @waits = Mutex.new
      @waiting = 0
      @all_left = ConditionVariable.new
      @watched = false # true while one of the waiters watches the descriptor
      @turn = ConditionVariable.new
    end

    # Waits until there may be a packet, without the GVL or in the fiber scheduler.
    def wait(seconds)
      deadline = seconds && now + seconds
      if Process.pid != @process # a child of fork: the threads that waited are in the parent
        @process = Process.pid
        @waiting = 0
        @watched = false
      end
      watches = false
      @waits.synchronize { @waiting += 1 }
      begin
        # The waiter is counted before it uses the descriptor, so that close frees nothing that it
        # waits on.
        @waits.synchronize { watches = await_turn(deadline) }
        @io.wait_readable(deadline && [deadline - now, 0].max) if watches
      ensure
        @waits.synchronize do
          @watched = false if watches
          @turn.signal unless @watched
          @waiting -= 1
          @all_left.broadcast if @waiting.zero?
        end
      end
    end

    # Wakes all waiters. Returns after all of them have left.
    def send_away(detached)
      # The threads that waited before a fork do not exist in the child.
      return if Process.pid != @process

      Nflogcap.send(:nflogcap_wakeup, detached)
      @waits.synchronize { @all_left.wait(@waits) until @waiting.zero? }
    end

    private

    # Returns whether the caller must watch the descriptor now. Returns false if its time is over,
    # or if the capture was closed.
    def await_turn(deadline)
      while @watched
        left = deadline && deadline - now
        return false if @handle.closed || (left && left <= 0)

        @turn.wait(@waits, left)
      end
      @watched = !@handle.closed
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
  private_constant :Waiters
end
