# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

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
# of the Errno class (Errno::EPERM if a group has an owner already). Invalid values raise
# ArgumentError and RangeError, values of another type TypeError, and any use of a closed capture
# IOError.
module Nflogcap
  VERSION = nflogcap_version

  # What is the extension's own.
  Writer = Dump
  KINDS = { INTEGER => :integer, GROUPS => :integer, CHOICE => :choice, BOOLEAN => :boolean,
            PATH => :path, TEXT => :text }.freeze
  private_constant :Handle, :Writer, :Option, :Counter, :KINDS
  %i[INTEGER TEXT BOOLEAN PATH CHOICE GROUPS Dump].each { |name| remove_const(name) }
  private_class_method :nflogcap_version, :nflogcap_wakeup, :nflogcap_option_at,
                       :nflogcap_counter_at

  def self.described
    (0..).lazy.map { |index| yield index }.take_while(&:itself).to_a.freeze
  end
  private_class_method :described

  # The options of open by their names, and the counters, as the library describes them.
  OPTIONS = described { |index| nflogcap_option_at(index) }.to_h { |option| [option.name.to_sym, option] }.freeze
  COUNTERS = described { |index| nflogcap_counter_at(index) }
  private_constant :OPTIONS, :COUNTERS

  # The counters of a capture or of one of its groups, since it was opened, as of one moment. What
  # each counts is in nflogcap(3).
  Stats = Struct.new(*COUNTERS.map { |counter| counter.name.to_sym }) do
    # :nodoc:
    def self.of(values)
      new(*values).freeze
    end
  end

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

  # What the library takes for one value of an option. TypeError for a value of another type.
  def self.text_of(name, value)
    case KINDS[OPTIONS[name].kind]
    when :boolean then value ? "1" : "0"
    when :path then path_of(name, value)
    when :text then of_type(name, value, String)
    when :choice then value.is_a?(String) || value.is_a?(Symbol) ? value.to_s : of_type(name, value, Integer).to_s
    else of_type(name, value, Integer).to_s
    end
  end

  def self.path_of(name, value)
    of_type(name, value.respond_to?(:to_path) ? value.to_path : value, String)
  end

  def self.of_type(name, value, type)
    return value if value.is_a?(type)

    article = type == Integer ? "an" : "a"
    raise TypeError, "#{name} must be #{article} #{type}, not #{value.nil? ? 'nil' : value.class}"
  end
  private_class_method :path_of, :of_type

  # The packet that a record of LINKTYPE_NFLOG is, which another library has read. The record is a
  # String of either byte order, which may end within the payload; its time is in nanoseconds since
  # the epoch. ArgumentError if the bytes are no such record.
  singleton_class.send(:alias_method, :parse_record, :parse_packet)
  def self.parse_packet(record, timestamp_ns)
    parse_record(of_type("record", record, String), timestamp_ns)
  end
  private_class_method :parse_record

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
  # threads may use it at once. If it is collected open it is written and closed then; a signal ends
  # the wait for room in a pipe, and what is not written by then is lost. After close write, flush,
  # position and written raise IOError.
  class Dump
    private_class_method :new

    def initialize(writer)
      @writer = writer
      ObjectSpace.define_finalizer(self, Dump.send(:finalizer, writer))
    end

    # :nodoc:
    def initialize_copy(_dump)
      raise TypeError, "a savefile cannot be copied; all threads of its Ractor can use the same Dump"
    end

    # It refers to the writer alone, since what it refers to is not collected.
    def self.finalizer(writer)
      proc do
        writer.drop
      ensure
        writer.drop # unless an interrupt that was pending kept the first one from it
      end
    end
    private_class_method :finalizer

    # Writes a packet, of any capture, open or closed: all that the kernel sent of it. Where this
    # fails the packet is not taken.
    def write(packet)
      @writer.write(packet)
      nil
    end

    # Like write, and returns the dump: dump << one << other.
    def <<(packet)
      write(packet)
      self
    end

    # Hands what is gathered to the system, for others to read.
    def flush
      @writer.flush
      nil
    end

    # Takes the savefile from the process that owns it, as Capture#take_over does.
    def take_over
      @writer.take_over
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

    # How many packets of this process are in the file; the others are gathered.
    def written
      @writer.written
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
      @waits = Mutex.new
      @waiting = 0
      @all_left = ConditionVariable.new
      @watched = false # whether one of those who wait watches the descriptor
      @turn = ConditionVariable.new
    end

    # :nodoc:
    def initialize_copy(_capture)
      raise TypeError, "a capture cannot be copied; all threads of its Ractor can use the same Capture"
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
      @handle.set_filter(filter.nil? ? nil : Nflogcap.text_of(:filter, filter))
      nil
    end

    alias filter= set_filter

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
      when nil then wait(seconds)
      when 0 then sleep 0 # lets the scheduler's other fibers run
      else return false
      end
      true
    end

    # Waits without the GVL, or in the fiber scheduler, until there may be a packet. One waits for the
    # descriptor, the others for their turn, so that a packet wakes one of them.
    def wait(seconds)
      deadline = seconds && now + seconds
      if Process.pid != @process # its threads stayed in the parent
        @process = Process.pid
        @waiting = 0
        @watched = false
      end
      watches = false
      @waits.synchronize { @waiting += 1 }
      begin
        # Counted before it is looked at: close frees nothing that is waited on.
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

    # Whether the caller is the one that watches now, rather than that time is over or it was closed.
    def await_turn(deadline)
      while @watched
        left = deadline && deadline - now
        return false if closed? || (left && left <= 0)

        @turn.wait(@waits, left)
      end
      @watched = !closed?
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

  # A packet as the kernel logged it. It owns its bytes, and outlives its capture. It has a method
  # for each of FIELDS; what they say is in nflogcap(3). A field that the kernel did not send, or that
  # the packet's headers do not say, is nil. Packets are equal if all that the kernel sent and the
  # library says of them is.
  class Packet
    alias to_s line
    private :line
    alias json to_json
    private :json

    # All fields, with those that are nil.
    def to_h
      FIELDS.to_h { |name| [name, public_send(name)] }
    end

    # For pattern matching: in { source:, destination_port: 443 }. It reads the fields of the pattern
    # alone.
    def deconstruct_keys(keys)
      keys.nil? ? to_h : (keys & FIELDS).to_h { |name| [name, public_send(name)] }
    end

    # timestamp_ns as a Time, to the nanosecond.
    def time
      Time.at(0, timestamp_ns, :nsec)
    end

    # One JSON object with the fields that the packet has. It ignores the json library's state.
    def to_json(*)
      json
    end

    def inspect
      named = prefix && ", prefix #{prefix.dump}" # inspect leaves controls of bidirectional text
      more = " or more" if (present & HAS_WIRE_LENGTH).zero?
      "#<Nflogcap::Packet: group #{group}#{named}, #{payload.bytesize} of #{wire_length}#{more} bytes>"
    end
  end

  # Packets of one batch of the kernel's, as Capture#read_batch returns it. It owns its bytes, and
  # outlives its capture. A packet is made when it is asked for: batch[0] is another object each time.
  class Batch
    include Enumerable

    alias length size

    # Yields the packets. Without a block it returns an Enumerator.
    def each
      return enum_for(:each) { size } unless block_given?

      size.times { |index| yield packet_at(index) }
      self
    end

    # As of an array of the packets: a packet for an Integer, an array for a Range or a start and a
    # length, nil if out of range.
    def [](index, *length)
      return packet_at(index) if length.empty? && index.is_a?(Integer)

      (0...size).to_a[index, *length]&.map { |each| packet_at(each) }
    end

    ##
    # :method: payloads
    # The payloads of all packets.

    ##
    # :method: column
    # :call-seq: column(field)
    # The values of a field, a Symbol or a String, of all packets. ArgumentError for one that packets
    # do not have.

    def inspect
      "#<Nflogcap::Batch: #{size} packets>"
    end
  end
end
