# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/capture"
require "nflogcap/descriptions"
require "nflogcap/values"

module Nflogcap
  private_constant :Handle

  # :method: self.open
  # :call-seq: open(group = nil, groups: nil, snaplen: nil, ...) { |capture| ... }
  #
  # Starts capturing. With a block it yields the Capture, closes it at the end and returns what the
  # block did; without it returns the Capture.
  #
  # The options, which are the keywords, are those of nflogcap(3). `groups`, which may also be the
  # only argument without a name, and `tap` take one value or an array of them. For an unknown
  # keyword the ArgumentError names the nearest option.
  #
  # The library describes the options, so the signatures are made of these.

  # :method: self.adopt
  # :call-seq: adopt(descriptors, groups: nil, snaplen: nil, ...) { |capture| ... }
  #
  # Goes on with a capture of another process, instead of starting one. Waits up to one second for
  # that process to close the capture or end. The block and what is returned are as for open.
  #
  # `descriptors` are those that the other process's Capture#descriptors returned, as they are numbered
  # in this process, in any order. On success they belong to the Capture; after an error they stay
  # open, and the caller's.
  #
  # The options are those of open. Those that differ from the other process's are set. With `tap` the
  # taps replace the other process's, else they are kept. `groups` must be the same, or absent.
  #
  # ArgumentError for descriptors that are not those of one capture, and for other groups;
  # Errno::EBUSY while the other process still captures, Errno::ENODATA if the capture has ended,
  # Errno::EXDEV if it is of another network namespace; and the errors of open.

  keywords = OPTIONS.keys.map { |name| "#{name}: nil" }.join(", ")
  options = OPTIONS.keys.map { |name| "#{name}: #{name}" }.join(", ")
  class_eval <<~RUBY, __FILE__, __LINE__ + 1
    def self.open(group = nil, #{keywords}, **unknown, &block)
      raise ArgumentError, "groups are given twice" if group && groups

      groups ||= group
      run(start(handle_with({ #{options} }, unknown)), &block)
    end

    def self.adopt(descriptors, #{keywords}, **unknown, &block)
      run(go_on(handle_with({ #{options} }, unknown), descriptors), &block)
    end
  RUBY

  def self.run(handle)
    capture = Capture.send(:new, handle)
    return capture unless block_given?

    begin
      yield capture
    ensure
      capture.close
    end
  end

  def self.start(handle)
    handle.start
    handle
  end

  def self.go_on(handle, descriptors)
    numbers = Array.try_convert(descriptors)
    raise TypeError, "descriptors must be an Array, not #{descriptors.class}" unless numbers

    numbers.each { |number| handle.add_descriptor(number) }
    handle.adopt
    handle
  end

  def self.handle_with(options, unknown)
    handle = Handle.new
    unknown.each_key { |name| handle.set_option(name.to_s, nil) } # raises
    OPTIONS.each do |name, option|
      next if options[name].nil?

      # Array() would read a capture, or another Enumerable, to its end.
      values = option.is_repeatable.zero? ? [options[name]] : Array.try_convert(options[name]) || [options[name]]
      values.each { |value| handle.set_option(name.to_s, text_of(name, value)) }
    end
    handle
  end
  private_class_method :run, :start, :go_on, :handle_with
end
