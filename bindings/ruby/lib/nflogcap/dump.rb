# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later

require "nflogcap/nflogcap"
require "nflogcap/values"

module Nflogcap
  Writer = Dump # the extension's class
  private_constant :Writer
  remove_const(:Dump)

  # Creates a savefile, or empties an existing one; "-" is standard output. With a block it yields the Dump,
  # closes it at the end and returns the block's value; without a block it returns the Dump.
  #
  # link_type is a name, or a number such as LINKTYPE_RAW:
  #
  # - :nflog is everything that the kernel sent for each packet; Wireshark and tcpdump print it, and
  #   Nflogcap.open(savefile: path) reads it;
  # - :raw is IPv4 and IPv6 packets from their IP headers on;
  # - :ethernet is the frames of Packet#frame, with addresses of zeros if a packet has no Ethernet header.
  #
  # Filters of tcpdump and most other programs need :raw or :ethernet.
  #
  # format is :pcap or :pcapng, both with times in nanoseconds. The default is :pcapng if the path ends in
  # ".pcapng", ".pcapng.gz" or ".pcapng.zst", else :pcap. pcapng also has an interface for each device, each
  # packet's direction, the number of packets lost before it, and at the end of the file counters for each
  # interface. With :raw and :ethernet each packet has a comment with its group, mark, uid, gid and prefix.
  #
  # compression is :none, :gzip or :zstd. The default is :gzip if the path ends in ".gz", :zstd if it ends in
  # ".zst", else :none. A compressed file consists of parts, and each flush makes a part. If the file is cut,
  # the packets in its complete parts can be read. Small parts compress badly.
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

  # A savefile that is being written, as Nflogcap.dump_open returns it. Packets are gathered, up to 64 KiB,
  # until flush. If writing fails (Errno::ENOSPC, Errno::EPIPE), packets that were not written are kept, the
  # next call that succeeds writes them, and the file ends with a complete packet. Any number of threads may use
  # it at once. If an open Dump is garbage-collected, it is written and closed; a signal ends the wait for room
  # in a pipe, and packets not written by then are lost. After close, write, flush, position, written and
  # skipped raise IOError.
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

    # The finalizer refers only to the writer, because an object that its own finalizer refers to is never
    # collected. The copy that initialize_copy refused has the finalizer too.
    def self.finalizer(writer, owner)
      proc do |collected|
        next unless collected == owner

        begin
          writer.drop
        ensure
          writer.drop # again, in case a pending interrupt ended the first call
        end
      end
    end
    private_class_method :finalizer

    # Writes a packet of any capture, open or closed, in the form of the link type. Returns false if the packet
    # is skipped because the link type cannot represent it. If this fails, the packet is not accepted.
    def write(packet)
      @writer.write(packet)
    end

    # Like write, but returns the dump: dump << one << other.
    def <<(packet)
      write(packet)
      self
    end

    # Writes the gathered packets to the file, so that others can read them.
    def flush
      @writer.flush
      nil
    end

    # Takes the savefile from the process that owns it, as Capture#take_over does.
    def take_over
      @writer.take_over
      nil
    end

    # Writes the gathered packets and closes the file, also if writing fails. Closing twice is harmless.
    def close
      @writer.close
      nil
    end

    # Returns the length of the file in bytes, including the gathered packets. In a compressed file, gathered
    # packets count with their uncompressed size.
    def position
      @writer.position
    end

    # Returns how many packets of this process are in the file; other accepted packets are still gathered.
    def written
      @writer.written
    end

    # Returns how many packets write has skipped in this process.
    def skipped
      @writer.skipped
    end

    # Returns whether close was called.
    def closed?
      @writer.closed
    end

    def inspect
      "#<Nflogcap::Dump: #{closed? ? 'closed' : 'open'}>"
    end
  end
end
