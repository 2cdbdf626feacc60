# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "io/wait"

# A minimal fiber scheduler: it can wait only for descriptors and for time.
class Scheduler
  def initialize
    @readable = {}
    @waiting = {}
    @blocked = []
    @ready = Queue.new
  end

  def run
    until @readable.empty? && @waiting.empty? && @blocked.empty? && @ready.empty?
      soonest = @waiting.values.min
      timeout = @ready.empty? ? (soonest && [soonest - now, 0].max) : 0
      ready, = IO.select(@readable.keys, nil, nil, timeout || 20)
      raise "no fiber became ready" if ready.nil? && soonest.nil? && @ready.empty?

      @ready.pop.resume until @ready.empty?
      ready&.each { |io| @readable.delete(io)&.each { |fiber| resume(fiber, IO::READABLE) } }
      @waiting.select { |_, time| time <= now }.each_key { |fiber| resume(fiber, nil) }
    end
  end

  def resume(fiber, value)
    @waiting.delete(fiber)
    @readable.each_value { |fibers| fibers.delete(fiber) }
    @readable.delete_if { |_, fibers| fibers.empty? }
    fiber.resume(value) if fiber.alive?
  end

  def io_wait(io, _events, timeout)
    (@readable[io] ||= []) << Fiber.current
    @waiting[Fiber.current] = now + timeout if timeout
    Fiber.yield
  end

  def kernel_sleep(duration = nil)
    block(:sleep, duration)
  end

  def block(_blocker, timeout = nil)
    timeout ? @waiting[Fiber.current] = now + timeout : @blocked << Fiber.current
    Fiber.yield
  end

  def unblock(_blocker, fiber)
    @blocked.delete(fiber)
    @waiting.delete(fiber)
    @ready << fiber
  end

  def fiber(&block)
    Fiber.new(blocking: false, &block).tap(&:resume)
  end

  alias close run

  private

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end
