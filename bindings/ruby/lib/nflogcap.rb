# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "did_you_mean"
require "io/wait"
require "nflogcap/nflogcap"

# The packets that Linux netfilter logs to user space through NFLOG.
#
#   require "nflogcap"
#
#   Nflogcap.open(groups: [5], snaplen: 96) do |capture|
#     capture.each { |packet| puts packet.prefix, packet.payload.bytesize }
#   end
#
# Capturing needs CAP_NET_ADMIN in the network namespace. Failures of the system are SystemCallError
# of the Errno class (Errno::EPERM where a group has an owner already), values that cannot be are
# ArgumentError and RangeError, those of another type TypeError, and any use of a closed capture is
# IOError.
module Nflogcap
  VERSION = nflogcap_version

  # What is the extension's own.
  Counters = Stats
  Writer = Dump
  private_constant :Counters, :Handle, :Writer
  remove_const(:Stats)
  remove_const(:Dump)
  private_class_method :nflogcap_version, :nflogcap_wakeup

  # The counters of a capture or of one of its groups, since it was opened, as of one moment; what
  # each counts is in nflogcap.h.
  Stats = Struct.new(
    :received, :delivered, :filtered, :lost, :dropped_batches, :unaccounted_batches,
    :truncated, :malformed, :batches, :bytes, :socket_buffer, :delivery,
    :socket_buffer_used,
    keyword_init: true
  ) do
    # :nodoc:
    def self.of(counters)
      new(**members.to_h { |name| [name, counters.public_send(name)] }).freeze
    end
  end

  # The setters that take an integer.
  INTEGERS = %i[snaplen delivery queue_threshold flush_timeout batch_size socket_buffer].freeze
  OPTIONS = [:groups, *INTEGERS, :conntrack, :netns, :savefile, :filter, :tap, :hook].freeze
  private_constant :INTEGERS, :OPTIONS

  # Starts capturing. With a block it yields the Capture, closes it at the end and returns what the
  # block did; without it returns the Capture.
  #
  # groups:: the NFLOG group, 0 to 65535, or several; with a tap it may be left out, and the capture
  #          takes one that is free
  # snaplen:: bytes of payload to copy of each packet, 0 to 65531 (the default); 0: metadata only
  # delivery:: BATCHED (the default): many packets a batch, least CPU, milliseconds of delay;
  #            IMMEDIATE: a batch a packet, least delay, most CPU; or ADAPTIVE: immediate while
  #            packets trickle, batched while they come fast
  # queue_threshold:: packets that the kernel gathers before it delivers a batch, 1 or more;
  #                   65535 when batched, 1 when immediate
  # flush_timeout:: milliseconds that the kernel gathers at the longest, 0 to 3600000; 10 by
  #                 default, and counted in units of 10
  # batch_size:: bytes that the kernel allots to a batch, 4096 to 131072; 131072 when
  #              batched, 4096 when immediate
  # socket_buffer:: bytes of socket buffer to ask for, 4096 to 1073741823; 32 MiB by default
  # conntrack:: true: packets come with their conntrack entry
  # netns:: path of the network namespace to capture in; by default that of the calling thread
  # filter:: an expression of pcap-filter(7), such as "udp port 53": only packets that it matches are
  #          delivered; Capture#set_filter changes it
  # savefile:: path of a pcap or pcapng file to read the packets of instead of the kernel's, "-" for
  #            standard input: those of all groups where none is given. Where it is damaged,
  #            Errno::EBADMSG is raised behind the packets before
  # tap:: what to capture, in nft's words, such as "tcp dport 443", or several of these: a firewall
  #       rule logs it to the capture until that ends, and does nothing else. "": all packets
  # hook:: where the taps stand: "prerouting", "input", "forward", "output", "postrouting" or
  #        "ingress:DEVICE"; by default at prerouting and output
  def self.open(group = nil, **options)
    handle = start(group, options)
    capture = Capture.send(:new, handle)
    return capture unless block_given?

    begin
      yield capture
    ensure
      capture.close
    end
  end

  def self.start(group, options)
    unknown = options.keys.find { |name| !OPTIONS.include?(name) }
    raise ArgumentError, unknown_option(unknown) if unknown
    raise ArgumentError, "groups are given twice" if group && options.key?(:groups)

    handle = Handle.new
    Array(options.fetch(:groups, group)).each { |number| handle.add_group(number) }
    INTEGERS.each do |name|
      handle.public_send(:"set_#{name}", options[name]) unless options[name].nil?
    end
    handle.set_conntrack(options[:conntrack] ? true : false)
    %i[netns savefile].each do |name|
      handle.public_send(:"set_#{name}", path_of(name, options[name])) unless options[name].nil?
    end
    handle.set_filter(expression_of(options[:filter]))
    add_taps(handle, options[:tap], options[:hook])
    handle.start
    handle
  end

  def self.add_taps(handle, tap, hook)
    raise ArgumentError, "hook is where a tap stands, and no tap is given" if tap.nil? && hook

    Array(tap).each do |match|
      { tap: match, hook: hook || "" }.each do |name, text|
        raise TypeError, "#{name} is a String, not #{text.class}" unless text.is_a?(String)
        raise ArgumentError, "#{name} holds a NUL" if text.include?("\0")
      end
      handle.add_tap(hook || "", match)
    end
  end

  def self.unknown_option(name)
    nearest = OPTIONS.min_by { |known| DidYouMean::Levenshtein.distance(known.to_s, name.to_s) }
    "open has no option '#{name}'; did you mean '#{nearest}'?"
  end

  def self.path_of(name, given)
    path = given.respond_to?(:to_path) ? given.to_path : given
    raise TypeError, "#{name} is a path, not #{given.class}" unless path.is_a?(String)
    raise ArgumentError, "#{name} holds a NUL" if path.include?("\0")

    path
  end
  private_class_method :start, :add_taps, :unknown_option, :path_of

  # :nodoc:
  def self.expression_of(filter)
    return if filter.nil?
    raise TypeError, "filter is a String or nil, not #{filter.class}" unless filter.is_a?(String)
    raise ArgumentError, "filter holds a NUL" if filter.include?("\0")

    filter
  end

  # Creates a savefile, or empties the one that is there; "-" is standard output. With a block it
  # yields the Dump, closes it at the end and returns what the block did; without it returns the Dump.
  #
  # It is a pcap file of LINKTYPE_NFLOG with times in nanoseconds, which Wireshark and tcpdump open,
  # and Nflogcap.open(savefile: path) reads.
  def self.dump_open(path)
    writer = Writer.new
    writer.open(path_of("path", path))
    dump = Dump.send(:new, writer)
    return dump unless block_given?

    begin
      yield dump
    ensure
      dump.close
    end
  end

  # A savefile that is being written, as Nflogcap.dump_open makes it. Packets are gathered, up to 64
  # KiB, until flush. Where writing fails (Errno::ENOSPC, Errno::EPIPE), what was not written yet is
  # kept and written by the next call that can, and the file ends with a whole packet. Any number of
  # threads may use it at once. After close write, flush and position raise IOError.
  class Dump
    private_class_method :new

    def initialize(writer)
      @writer = writer
    end

    # Writes a packet, of any capture, open or closed: all that the kernel sent of it. Where this
    # fails the packet is not taken.
    def write(packet)
      @writer.write(packet)
      nil
    end

    # Hands what is gathered to the system, for others to read.
    def flush
      @writer.flush
      nil
    end

    # Writes what is gathered and closes the file, also where that fails. A second time it does
    # nothing.
    def close
      @writer.close
      nil
    end

    # The length in bytes that the file has with all that was written into it.
    def position
      @writer.position
    end

    # Whether close was called.
    def closed?
      @writer.closed
    end

    def inspect
      "#<Nflogcap::Dump: #{closed? ? 'closed' : 'open'}>"
    end
  end

  # A running capture, as Nflogcap.open makes it. Any number of threads and fibers may use it at
  # once. After close all but close, closed?, ended? and inspect raises IOError.
  class Capture
    include Enumerable

    private_class_method :new

    def initialize(handle)
      @handle = handle
      @io = IO.for_fd(handle.fd, autoclose: false)
      @process = Process.pid
      @waiting = 0
      @waits = Mutex.new
      @all_left = ConditionVariable.new
    end

    # Yields packets until the capture has been stopped and all that it held is delivered, is closed
    # meanwhile, or is woken. Without a block it returns an Enumerator.
    def each
      return enum_for(:each) unless block_given?

      require_open
      # nil: there is no packet now; otherwise it was woken, or has ended
      wait(nil) while !closed? && @handle.each_ready { |packet| yield packet }.nil?
      self
    end

    # The next packet; nil when none came in `timeout` seconds (nil: wait for ever, 0: do not wait)
    # or wakeup was called. EOFError when the capture was stopped and all that it held is delivered,
    # or when it was closed meanwhile. Lost packets are no error: the next packet says in
    # lost_before how many there were.
    def next(timeout = nil)
      deadline = deadline_of(timeout)
      require_open
      until (packet = @handle.take)
        return nil if packet == false

        left = deadline && deadline - now
        return nil if left && left <= 0

        wait(left)
        raise EOFError, "the capture has ended" if closed?
      end
      packet
    end

    # An IO to wait on, as IO.select does with a capture: readable whenever next would not wait,
    # packets queued in the library included. Never read from it or close it.
    def to_io
      require_open
      @io
    end

    # The descriptor of to_io.
    def fileno
      @handle.fd
    end

    # Delivers only the packets that an expression of pcap-filter(7) matches, from now on: those that
    # were received and not delivered yet are judged by it too. nil or "": all. ArgumentError, with
    # libpcap's words, for a wrong one: then the filter before it stays in force.
    def set_filter(filter) # rubocop:disable Naming/AccessorMethodName
      @handle.set_filter(Nflogcap.expression_of(filter))
      nil
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

    # Gives the groups up and frees all; what was not read is gone. Who waits in another thread or
    # fiber is woken first. A second time it does nothing.
    def close
      detached = @handle.detach
      return if detached.nil?

      begin
        # The threads that waited when a process forked are not in its child.
        await_leaving(detached) if Process.pid == @process
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

    # Waits without the GVL, or in the fiber scheduler, until there may be a packet.
    def wait(seconds)
      @waits.synchronize { @waiting += 1 }
      begin
        # Counted before it is looked at: close frees nothing that is waited on.
        @io.wait_readable(seconds) unless closed?
      ensure
        @waits.synchronize do
          @waiting -= 1
          @all_left.broadcast if @waiting.zero?
        end
      end
    end

    def await_leaving(detached)
      Nflogcap.send(:nflogcap_wakeup, detached)
      @waits.synchronize { @all_left.wait(@waits) until @waiting.zero? }
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

  # A packet as the kernel logged it. It owns its bytes, and outlives its capture. A field that the
  # kernel did not send is nil; what each tells is in nflogcap.h.
  class Packet
    FIELDS = %i[
      present payload wire_length timestamp timestamp_ns lost_before group family hook hw_protocol
      prefix mark indev indev_name outdev outdev_name physindev physindev_name physoutdev
      physoutdev_name uid gid seq seq_global hw_type vlan_tci vlan_protocol ct_info hw_address
      hw_header l2_header ct
    ].freeze

    # All fields, with those that are nil.
    def to_h
      FIELDS.to_h { |name| [name, public_send(name)] }
    end

    def inspect
      named = prefix && ", prefix #{prefix.inspect}"
      "#<Nflogcap::Packet: group #{group}#{named}, #{payload.bytesize} of #{wire_length} bytes>"
    end
    alias to_s inspect
  end
end
