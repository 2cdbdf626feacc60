# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/nflogcap"
require "nflogcap/values"

module Nflogcap
  Writer = Dump # the extension's own
  private_constant :Writer
  remove_const(:Dump)

  # Creates a savefile, or empties the one that is there; "-" is standard output. With a block it
  # yields the Dump, closes it at the end and returns what the block did; without it returns the Dump.
  #
  # link_type is a name, or a number such as LINKTYPE_RAW:
  #
  # - :nflog is all that the kernel sent of each packet, which Wireshark and tcpdump print and
  #   Nflogcap.open(savefile: path) reads;
  # - :raw is IPv4 and IPv6 packets from their IP headers on;
  # - :ethernet is the frames of Packet#frame, with addresses of zeros if the packet has no Ethernet header.
  #
  # Filters of tcpdump and most other programs need :raw or :ethernet.
  #
  # format is :pcap or :pcapng, both with times in nanoseconds; nil is :pcapng if the path ends in
  # ".pcapng" (or ".pcapng.zst"), else :pcap. pcapng has an interface for each device, each packet's direction and the
  # number of packets lost before it, with :raw and :ethernet a comment with its group, mark, uid, gid and
  # prefix, and at the end each interface's counters.
  #
  # compression is :none, :gzip or :zstd; nil is :gzip if the path ends in ".gz", :zstd if it ends in ".zst",
  # else :none. A file that is cut holds all packets up to its last whole part; each flush makes a part, and
  # small ones compress badly.
  def self.dump_open(path, link_type: :nflog, format: nil, compression: nil)
    writer = Writer.new
    writer.open(path_of("path", path), choice_of("link_type", link_type), format && choice_of("format", format),
                compression && choice_of("compression", compression))
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
  # position, written and skipped raise IOError.
  class Dump
    private_class_method :new

    def initialize(writer)
      @writer = writer
      ObjectSpace.define_finalizer(self, Dump.send(:finalizer, writer, object_id))
    end

    # :nodoc:
    def initialize_copy(_dump)
      raise TypeError, "a savefile cannot be copied: share the same Dump between threads"
    end

    # It refers to the writer alone, since what it refers to is not collected. A copy that was refused has
    # the finalizer too, by then.
    def self.finalizer(writer, owner)
      proc do |collected|
        next unless collected == owner

        begin
          writer.drop
        ensure
          writer.drop # unless an interrupt that was pending kept the first one from it
        end
      end
    end
    private_class_method :finalizer

    # Writes a packet, of any capture, open or closed, as the link type has it. Where this fails the
    # packet is not taken. Returns false if it is skipped, because the link type cannot hold it.
    def write(packet)
      @writer.write(packet)
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

    # The length in bytes that the file has with all that was written into it. If it is compressed, what is
    # gathered counts with the bytes that it has before.
    def position
      @writer.position
    end

    # How many packets of this process are in the file; the others are gathered.
    def written
      @writer.written
    end

    # How many packets write has skipped in this process.
    def skipped
      @writer.skipped
    end

    # Whether close was called.
    def closed?
      @writer.closed
    end

    def inspect
      "#<Nflogcap::Dump: #{closed? ? 'closed' : 'open'}>"
    end
  end
end
