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
  # The library describes the options, so the signature is made of these.
  class_eval <<~RUBY, __FILE__, __LINE__ + 1
    def self.open(group = nil, #{OPTIONS.keys.map { |name| "#{name}: nil" }.join(', ')}, **unknown, &block)
      run({ #{OPTIONS.keys.map { |name| "#{name}: #{name}" }.join(', ')} }, group, unknown, &block)
    end
  RUBY

  def self.run(options, group, unknown)
    capture = Capture.send(:new, start(options, group, unknown))
    return capture unless block_given?

    begin
      yield capture
    ensure
      capture.close
    end
  end

  def self.start(options, group, unknown)
    raise ArgumentError, "groups are given twice" if group && options[:groups]

    options[:groups] ||= group
    handle = Handle.new
    unknown.each_key { |name| handle.set_option(name.to_s, nil) } # raises
    OPTIONS.each do |name, option|
      next if options[name].nil?

      # Array() would read a capture, or another Enumerable, to its end.
      values = option.is_repeatable.zero? ? [options[name]] : Array.try_convert(options[name]) || [options[name]]
      values.each { |value| handle.set_option(name.to_s, text_of(name, value)) }
    end
    handle.start
    handle
  end
  private_class_method :run, :start
end
