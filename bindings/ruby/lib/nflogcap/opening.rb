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
  # Starts a capture. With a block it yields the Capture, closes it at the end and returns the block's value;
  # without a block it returns the Capture.
  #
  # The keywords are the options of nflogcap(3). `groups`, which can also be given without its name as the only
  # positional argument, and `tap` take one value or an array of values. For an unknown keyword the
  # ArgumentError suggests the nearest option.
  #
  # The signatures are generated from the library's description of the options.

  # :method: self.adopt
  # :call-seq: adopt(descriptors, groups: nil, snaplen: nil, ...) { |capture| ... }
  #
  # Continues a capture of another process, instead of starting one. Waits up to one second for that process to
  # close the capture or end. The block and the return value are those of open.
  #
  # `descriptors` are those that Capture#descriptors returned in the other process, by their numbers in this
  # process, in any order. On success they belong to the Capture; after an error they stay open and belong to
  # the caller.
  #
  # The options are those of open; options that differ from those of the other process are set. If `tap` is
  # given, these taps replace those of the other process; otherwise its taps are kept. `groups` must be the same
  # groups, or absent.
  #
  # Raises ArgumentError if the descriptors are not those of one capture, or if the groups differ; Errno::EBUSY
  # if the other process still captures; Errno::ENODATA if the capture has ended; Errno::EXDEV if it belongs to
  # another network namespace; and the errors of open.

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
    unknown.each_key { |name| handle.set_option(name.to_s, nil) } # raises an error
    OPTIONS.each do |name, option|
      next if options[name].nil?

      # Array() is not used, because it would read a capture, or another Enumerable, to its end.
      values = option.is_repeatable.zero? ? [options[name]] : Array.try_convert(options[name]) || [options[name]]
      values.each { |value| handle.set_option(name.to_s, text_of(name, value)) }
    end
    handle
  end
  private_class_method :run, :start, :go_on, :handle_with
end
